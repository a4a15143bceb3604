import { describe, expect, test } from 'vitest';
import { registry } from '../../src/base/registry.ts';
import { protocols } from '../../src/protocols/index.ts';
import { modbus } from '../../src/protocols/modbus.ts';
import { mqtt } from '../../src/protocols/mqtt.ts';
import type { PlanQuestion } from '../../src/protocols/plan.ts';
import { innerProbes, planProbes, replacedPorts } from '../../src/protocols/plan.ts';

const SILENT = new Uint8Array(0);
const GREETING = Buffer.from('SSH-2.0-dropbear_2022.83\r\n');

function question(port: number, parts: Partial<PlanQuestion> = {}): PlanQuestion {
  return {
    port,
    transport: 'tcp',
    robustness: 'unknown',
    category: 'unknown',
    hints: [],
    banner: SILENT,
    ...parts,
  };
}

function planned(port: number, parts: Partial<PlanQuestion> = {}): string[] {
  return planProbes(question(port, parts)).map(({ protocol }) => protocol.id);
}

describe('what speaks for a protocol', () => {
  test.each([
    ['the usual port', 1883, {}, 'mqtt', 'usual port'],
    ['what the device advertises', 1883, { hints: ['opcua'] }, 'opcua', 'advertised'],
    ['8102 for 102', 8102, {}, 's7comm', 'habit'],
    ['10102 for 102', 10_102, {}, 's7comm', 'habit'],
    ['8502 for 502', 8502, {}, 'modbus', 'habit'],
    ['5020 for 502', 5020, {}, 'modbus', 'habit'],
    ['8672 for 5672', 8672, {}, 'amqp', 'habit'],
    ['11883 for 1883', 11_883, {}, 'mqtt', 'habit'],
    ['8683 for 5683, over UDP', 8683, { transport: 'udp' }, 'coap', 'habit'],
    ['8022 for 22', 8022, { banner: GREETING }, 'ssh', 'greeting'],
    ['any protocol on any port', 8500, {}, 'mqtt', 'generic'],
  ] satisfies [string, number, Partial<PlanQuestion>, string, string][])(
    '%s',
    (_, port, parts, id, why) => {
      const found = planProbes(question(port, parts)).find(({ protocol }) => protocol.id === id);
      expect(found?.why).toBe(why);
    },
  );

  test.each([
    [2323, 23],
    [2222, 22],
    [8443, 443],
    [4433, 443],
    [10_443, 443],
    [8102, 102],
    [8883, 1883],
  ])('%i may stand for %i', (port, replaced) => {
    expect(replacedPorts(port)).toContain(replaced);
  });

  test('it comes in the order: greeting, advertised, usual, habit, generic', () => {
    const parts = { hints: ['opcua'], banner: GREETING };
    const reasons = planProbes(question(8102, parts)).map(({ why }) => why);
    const order = ['greeting', 'advertised', 'usual port', 'habit', 'generic'];
    expect(reasons.map((why) => order.indexOf(why)).toSorted((a, b) => a - b)).toEqual(
      reasons.map((why) => order.indexOf(why)),
    );
    expect(reasons).toEqual(expect.arrayContaining(['greeting', 'advertised', 'habit', 'generic']));
  });

  test('nothing is asked twice, and only over what it can be asked', () => {
    for (const port of [80, 443, 502, 1883, 5683, 8102, 8883, 12_345]) {
      for (const transport of ['tcp', 'udp'] as const) {
        const plan = planProbes(question(port, { transport, robustness: 'robust' }));
        const ids = plan.map(({ protocol }) => protocol.id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(plan.every(({ protocol, over }) => protocol.probe.over.includes(over))).toBe(true);
      }
    }
  });
});

describe('what a device is spared', () => {
  test.each([
    ['a controller by its port gets its own protocol alone', 502, {}, ['modbus']],
    ['so does one on 102', 102, {}, ['s7comm']],
    ['and one on 4840', 4840, {}, ['opcua']],
    ['and one on 47808', 47_808, { transport: 'udp' }, ['bacnet']],
    ['and one on 9600', 9600, { transport: 'udp' }, ['fins']],
    ['Fox is known to nobody here, so nothing is asked', 1911, {}, []],
    ['DNP3 gets nothing', 20_000, {}, []],
    ['IEC 104 gets nothing', 2404, {}, []],
    ['a fragile device on an unknown port gets nothing', 12_345, { robustness: 'fragile' }, []],
    ['a fragile device on 8502 is asked for Modbus', 8502, { robustness: 'fragile' }, ['modbus']],
    ['an industrial one on 8102 for S7', 8102, { category: 'industrial' }, ['s7comm']],
    [
      'a fragile one on 1883 for MQTT, which is that port',
      1883,
      { robustness: 'fragile' },
      ['mqtt'],
    ],
    ['raw printing gets no byte', 9100, {}, []],
    ['nor on its last port', 9107, { category: 'printer' }, []],
    ['nor does a spooler', 515, {}, []],
    ['nor an older print server', 2000, { category: 'printer' }, []],
    ['robustness makes no printer safe', 9100, { category: 'printer', robustness: 'robust' }, []],
  ] satisfies [string, number, Partial<PlanQuestion>, string[]][])(
    '%s',
    (_, port, parts, expected) => {
      expect(planned(port, parts)).toEqual(expected);
    },
  );

  test('a robust server on 9100 that is known to be none is asked', () => {
    const parts = { robustness: 'robust', category: 'infrastructure' } as const;
    expect(planned(9100, parts)).not.toEqual([]);
  });

  test('a robust device on a controller port is asked for everything, the usual first', () => {
    const plan = planned(502, { robustness: 'robust' });
    expect(plan[0]).toBe('modbus');
    expect(plan.length).toBeGreaterThan(10);
  });

  test('a controller whose owner says that it bears it is asked for everything', () => {
    const plan = planned(8500, { robustness: 'robust', category: 'industrial' });
    expect(plan).toContain('mqtt');
  });

  test('whatever is asked of whom on whichever port, a printer gets nothing there', () => {
    for (let port = 9100; port <= 9107; port += 1) {
      for (const robustness of ['fragile', 'unknown'] as const) {
        for (const category of ['printer', 'unknown', 'industrial', 'smart-home']) {
          expect(planned(port, { robustness, category, hints: ['mqtt'] })).toEqual([]);
        }
      }
    }
  });

  test('CoAP is common in datagrams and rare in streams', () => {
    const place = (transport: 'tcp' | 'udp'): number =>
      planned(12_345, { transport }).indexOf('coap');
    expect(place('udp')).toBe(0);
    expect(place('tcp')).toBeGreaterThan(planned(12_345).indexOf('amqp'));
  });

  test('fragile protocols come last where nothing speaks for them', () => {
    const plan = planProbes(question(12_345)).map(({ protocol }) => protocol.fragile === true);
    expect(plan.indexOf(true)).toBeGreaterThan(plan.lastIndexOf(false));
  });

  test('whoever only listens is not tried again after silence', () => {
    const listening = (parts: Partial<PlanQuestion>): number =>
      planProbes(question(12_345, parts)).filter(
        ({ protocol }) => protocol.probe.impact === 'listens',
      ).length;
    expect(listening({})).toBe(0);
    expect(listening({ banner: Uint8Array.of(0xfe, 0x01) })).toBeGreaterThan(0);
  });
});

describe('inside an encrypted carrier', () => {
  test.each([
    ['MQTT on 8883', 8883, 'tcp', 'mqtt', 'tls'],
    ['AMQP on 5671', 5671, 'tcp', 'amqp', 'tls'],
    ['Modbus on 802', 802, 'tcp', 'modbus', 'tls'],
    ['CoAP on 5684', 5684, 'udp', 'coap', 'dtls'],
  ] as const)('%s', (_, port, transport, id, over) => {
    const [first] = innerProbes(question(port, { transport }));
    expect(first).toMatchObject({ protocol: { id }, over, why: 'usual port' });
  });

  test('DTLS itself is what is asked on 5684', () => {
    expect(planned(5684, { transport: 'udp' })[0]).toBe('dtls');
  });

  test('a fragile device is asked inside only for what its port is for', () => {
    const inner = innerProbes(question(802, { robustness: 'fragile' }));
    expect(inner.map(({ protocol }) => protocol.id)).toEqual(['modbus']);
  });
});

test('another registry may be planned with', () => {
  const small = registry([mqtt, modbus]);
  const ids = planProbes(question(8502), small).map(({ protocol }) => protocol.id);
  expect(ids).toEqual(['modbus', 'mqtt']);
  expect(protocols.all.length).toBeGreaterThan(small.all.length);
});
