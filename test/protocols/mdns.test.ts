import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import type { Fact } from '../../src/model/evidence.ts';
import { mdns } from '../../src/protocols/mdns.ts';
import { parseMessage, TYPE } from '../../src/protocols/shared/dns-message.ts';
import { attribute, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { exchanges } from './exchanges/mdns.ts';
import { bytes } from './fixtures.ts';
import { converse, peer } from './play.ts';

const SENDER = { address: '10.9.0.2', port: 5353 };
const PRINTER = bytes(exchanges[1]?.server ?? '');

interface Service {
  readonly type: string;
  readonly name: string;
  readonly port?: number;
  readonly host?: string;
  readonly address?: string;
  readonly txt?: readonly string[];
}

describe('mdns.recognise', () => {
  test.each([
    ['a question alone', exchanges[2]?.client ?? '', '', 'likely'],
    ['an announcement, which nobody asked for', exchanges[2]?.server ?? '', '', 'likely'],
    [
      'a question with what is known already',
      `0000 0000 0001 0001 0000 0000 045f687565045f746370056c6f63616c00 000c 0001 c00c 000c 0001 00001194 0002 c00c`,
      '',
      'likely',
    ],
    ['the head of a question', '0000 0000 0001', '', 'more'],
    [
      'a question of DNS about the link, which wants recursion',
      '0000 0100 0001 0000 0000 0000 03746362056c6f63616c00 0001 0001',
      '',
      'no',
    ],
    [
      'a question of DNS',
      '1234 0000 0001 0000 0000 0000 036c6162076578616d706c6500 0001 0001',
      '',
      'no',
    ],
    [
      'a question about a link-local address backwards',
      '0000 0000 0001 0000 0000 0000 0131 0131 03323534 03313639 07696e2d61646472 0461727061 00 000c 0001',
      '',
      'likely',
    ],
    [
      'an answer without authority',
      '0000 8000 0000 0001 0000 0000 056c6f63616c00 0001 0001 00000078 0004 c0000201',
      '',
      'no',
    ],
  ])('%s', (_, client, server, expected) => {
    const verdict = mdns.recognise({ client: bytes(client), server: bytes(server) });
    expect(verdict.kind === 'yes' ? verdict.certainty : verdict.kind).toBe(expected);
  });
});

describe('mdns.search', () => {
  test('asks in datagrams that everybody takes, for an answer to the asker alone', () => {
    const questions = mdns.search.questions();
    for (const datagram of questions) {
      expect(datagram.length).toBeLessThanOrEqual(512);
      const parsed = parseMessage(datagram);
      if (parsed.kind !== 'ok') throw new Error('no message');
      expect(parsed.value.id).toBe(0);
      expect(
        parsed.value.questions.every((one) => one.class === 0x8001 && one.type === TYPE.PTR),
      ).toBe(true);
    }
    const names = questions.flatMap((datagram) => {
      const parsed = parseMessage(datagram);
      return parsed.kind === 'ok' ? parsed.value.questions.map(({ name }) => name.join('.')) : [];
    });
    expect(names).toEqual([...new Set(names)]);
    expect(names[0]).toBe('_services._dns-sd._udp.local');
  });

  test("a printer's records by Avahi: what it offers, what it is, how to know it again", () => {
    const read = mdns.search.read(PRINTER, SENDER);
    expect(read).toEqual([
      { address: '10.9.0.2', transport: 'udp', port: 5353, facts: [speaks('mdns')] },
      {
        address: '10.9.0.2',
        facts: [
          advertises('_ipp._tcp', 631),
          { kind: 'identifier', scheme: 'mdns', value: untrusted('printer-lab.local') },
          attribute('vendor', 'HP'),
          attribute('model', 'HP LaserJet 400'),
          attribute('kind', 'printer'),
          uuid('4509a320-00a0-008f-00b6-002507510eca'),
        ],
      },
      {
        address: '10.9.0.2',
        transport: 'tcp',
        port: 631,
        facts: [
          detail('instance', 'Lab printer._ipp._tcp'),
          detail('product', '(HP LaserJet)'),
          detail('txt', 'ty=HP LaserJet 400'),
          detail('txt', 'product=(HP LaserJet)'),
          detail('txt', 'usb_mfg=HP'),
          detail('txt', 'uuid=4509a320-00a0-008f-00b6-002507510eca'),
        ],
      },
    ]);
  });

  test.each([
    [
      'HomeKit',
      { type: '_hap._tcp', name: 'Hall', txt: ['md=ECO 3', 'ci=9', 'id=AA:BB', 'sf=1'] },
      [attribute('model', 'ECO 3'), attribute('name', 'Hall'), attribute('kind', 'thermostat')],
    ],
    [
      'Google Cast',
      {
        type: '_googlecast._tcp',
        name: 'Chromecast-0a1b',
        txt: ['id=0a1b2c3d111122223333444455556666', 'md=Chromecast', 'fn=Den'],
      },
      [
        attribute('model', 'Chromecast'),
        attribute('name', 'Den'),
        attribute('kind', 'media player'),
        uuid('0a1b2c3d111122223333444455556666'),
      ],
    ],
    [
      'Hue',
      {
        type: '_hue._tcp',
        name: 'Hue Bridge - 1A0B11',
        txt: ['bridgeid=001788fffe1a0b11', 'modelid=BSB002'],
      },
      [
        attribute('vendor', 'Philips Hue'),
        attribute('model', 'Hue Bridge BSB002'),
        attribute('serial', '001788fffe1a0b11'),
        attribute('kind', 'bridge'),
      ],
    ],
    [
      'Matter, to be commissioned',
      {
        type: '_matterc._udp',
        name: 'DD200C20D25AE5F7',
        txt: ['VP=4960+259', 'DT=266', 'DN=Plug', 'CM=1'],
      },
      [attribute('name', 'Plug'), attribute('kind', 'plug')],
    ],
    [
      'ESPHome',
      {
        type: '_esphomelib._tcp',
        name: 'pump',
        txt: ['version=2024.3.1', 'platform=ESP32', 'board=esp32dev', 'friendly_name=Pump'],
      },
      [
        attribute('vendor', 'ESPHome'),
        attribute('hardware', 'esp32dev'),
        attribute('firmware', '2024.3.1'),
        attribute('name', 'Pump'),
      ],
    ],
    [
      'Shelly',
      {
        type: '_shelly._tcp',
        name: 'shellyplus1-a8032abe54dc',
        txt: ['gen=2', 'app=Plus1', 'ver=1.4.4'],
      },
      [
        attribute('vendor', 'Shelly'),
        attribute('model', 'Plus1'),
        attribute('firmware', '1.4.4'),
        attribute('name', 'shellyplus1-a8032abe54dc'),
        attribute('kind', 'relay'),
      ],
    ],
    [
      'a page of a Shelly of the first generation',
      {
        type: '_http._tcp',
        name: 'shelly1-25A73E',
        txt: ['id=shelly1-25A73E', 'fw_id=20230913', 'arch=esp8266'],
      },
      [
        attribute('vendor', 'Shelly'),
        attribute('model', 'shelly1'),
        attribute('firmware', '20230913'),
        attribute('name', 'shelly1-25A73E'),
        attribute('kind', 'relay'),
      ],
    ],
    ['a page of anything else', { type: '_http._tcp', name: 'Lamp', txt: ['path=/'] }, []],
    [
      'Sonos',
      { type: '_sonos._tcp', name: 'RINCON_5CAAFD@Kitchen', txt: ['vers=3'] },
      [attribute('vendor', 'Sonos'), attribute('name', 'Kitchen'), attribute('kind', 'speaker')],
    ],
    [
      'AirPlay',
      {
        type: '_airplay._tcp',
        name: 'Den',
        txt: [
          'model=AppleTV11,1',
          'manufacturer=Apple',
          'serialNumber=C07',
          'fv=p20',
          'pi=4be3a6c1-1111-4222-8333-944455556666',
        ],
      },
      [
        attribute('vendor', 'Apple'),
        attribute('model', 'AppleTV11,1'),
        attribute('firmware', 'p20'),
        attribute('serial', 'C07'),
        attribute('name', 'Den'),
        uuid('4be3a6c1-1111-4222-8333-944455556666'),
      ],
    ],
    [
      'AirPlay audio',
      { type: '_raop._tcp', name: '5CAAFD1A0B12@Kitchen', txt: ['am=One'] },
      [attribute('model', 'One'), attribute('name', 'Kitchen')],
    ],
    [
      'Home Assistant',
      {
        type: '_home-assistant._tcp',
        name: 'Home',
        txt: [
          'version=2026.11.1',
          'location_name=Cottage',
          'uuid=0a1b2c3d111122223333444455556666',
        ],
      },
      [
        attribute('vendor', 'Home Assistant'),
        attribute('firmware', '2026.11.1'),
        attribute('name', 'Cottage'),
        attribute('kind', 'hub'),
        uuid('0a1b2c3d111122223333444455556666'),
      ],
    ],
    [
      'Xiaomi',
      { type: '_miio._udp', name: 'zhimi-airpurifier-m1_miio1234', txt: ['epoch=1'] },
      [attribute('vendor', 'Xiaomi'), attribute('model', 'zhimi.airpurifier.m1')],
    ],
    [
      'Fire TV',
      { type: '_amzn-wplay._tcp', name: 'amzn.dmgr:1', txt: ['n=Bedroom'] },
      [
        attribute('vendor', 'Amazon'),
        attribute('name', 'Bedroom'),
        attribute('kind', 'media player'),
      ],
    ],
    [
      'a border router of Thread',
      { type: '_meshcop._udp', name: 'BR', txt: ['vn=Apple', 'mn=HomePod', 'nn=Net'] },
      [attribute('vendor', 'Apple'), attribute('model', 'HomePod')],
    ],
    ['a type that is not known', { type: '_lamp._tcp', name: 'Lamp', txt: ['md=x'] }, []],
  ] satisfies [string, Service, Fact[]][])('%s', (_, service, expected) => {
    const read = mdns.search.read(answer({ port: 80, ...service }), SENDER);
    const facts = read.filter(({ port }) => port === undefined).flatMap((one) => one.facts);
    const [first, ...others] = facts;
    expect(first).toEqual(
      advertises(service.type, 80, service.type.endsWith('_udp') ? 'udp' : 'tcp'),
    );
    expect(others).toEqual(expected);
  });

  test.each([
    ['the sender is one of the addresses', '10.9.0.2', ['10.9.0.2']],
    ['the service is elsewhere: a border router speaks for its mesh', '10.9.0.77', ['10.9.0.77']],
  ])('whose service it is, where %s', (_, address, expected) => {
    const read = mdns.search.read(
      answer({ type: '_matter._tcp', name: 'N', port: 5540, host: 'n1', address }),
      SENDER,
    );
    const offering = read.filter(({ facts }) => facts.some(({ kind }) => kind === 'advertises'));
    expect(offering.map((one) => one.address)).toEqual(expected);
  });

  test.each([
    ['a question', bytes(exchanges[1]?.client ?? '')],
    ['noise', new Uint8Array(40)],
    [
      'a pointer loop and 65 535 answers promised',
      bytes('0000 8400 0000 ffff 0000 0000 c00c 000c 0001 00000078 0002 c00c'),
    ],
    [
      'a name of 18 labels of 63 octets',
      Buffer.concat([
        bytes('0000 8400 0000 0001 0000 0000'),
        Buffer.concat(
          Array.from({ length: 18 }, () => Buffer.concat([Buffer.of(63), Buffer.alloc(63, 97)])),
        ),
        bytes('00 0010 0001 00000078 0000'),
      ]),
    ],
  ])('learns nothing from %s', (_, datagram) => {
    expect(mdns.search.read(datagram, SENDER)).toEqual([]);
  });

  test('a name that attacks whoever shows it stays one untrusted word', () => {
    const label = '<img src=x onerror=alert(1)>';
    const read = mdns.search.read(answer({ type: '_http._tcp', name: label, port: 80 }), SENDER);
    expect(read.flatMap(({ facts }) => facts)).toContainEqual(
      detail('instance', `${label}._http._tcp`),
    );
  });
});

describe('mdns.probe', () => {
  test('the list of types, then each of them', () => {
    const id = '0001';
    const types = `${id}${exchanges[0]?.server.slice(4) ?? ''}`;
    const printer = `${id}${exchanges[1]?.server.slice(4) ?? ''}`;
    const { facts, sent } = converse(
      mdns.probe.dialogue({ ...peer(5353, 'udp'), address: '10.9.0.2' }),
      [types, '', printer],
    );
    expect(sent).toHaveLength(3);
    expect(facts.slice(0, 5)).toEqual([
      speaks('mdns'),
      detail('service type', '_http._tcp'),
      detail('service type', '_ipp._tcp'),
      { kind: 'amplification', sent: 46, received: 90 },
      advertises('_ipp._tcp', 631),
    ]);
    expect(facts).toContainEqual(attribute('model', 'HP LaserJet 400'));
  });
});

test('any damage to an answer gives some sightings, and no exception', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(255), fc.nat(), (at, octet, cut) => {
      const damaged = Uint8Array.from(PRINTER);
      damaged[at % damaged.length] = octet;
      const kept = damaged.subarray(0, damaged.length - (cut % damaged.length));
      expect(mdns.search.read(kept, SENDER).length).toBeLessThanOrEqual(300);
    }),
    { numRuns: 1000 },
  );
});

function advertises(service: string, port: number, transport: 'tcp' | 'udp' = 'tcp'): Fact {
  return { kind: 'advertises', service: untrusted(service), transport, port };
}

function uuid(value: string): Fact {
  return { kind: 'identifier', scheme: 'uuid', value: untrusted(value) };
}

/** PTR, SRV, TXT and A of one instance, without compression. */
function answer({ type, name, port = 80, host, address, txt = [] }: Service): Uint8Array {
  const kind = `${type}.local`.split('.');
  const instance = [name, ...kind];
  const target = host === undefined ? [] : [host, 'local'];
  const strings = txt.map((one) => Buffer.concat([Buffer.of(one.length), Buffer.from(one)]));
  const records = [
    record(kind, TYPE.PTR, labels(instance)),
    record(
      instance,
      TYPE.SRV,
      Buffer.concat([Buffer.of(0, 0, 0, 0, port >> 8, port & 255), labels(target)]),
    ),
    record(instance, TYPE.TXT, Buffer.concat(strings)),
    ...(address === undefined
      ? []
      : [record(target, TYPE.A, Buffer.from(address.split('.').map(Number)))]),
  ];
  return Buffer.concat([Buffer.of(0, 0, 0x84, 0, 0, 0, 0, records.length, 0, 0, 0, 0), ...records]);
}

function labels(name: readonly string[]): Buffer {
  return Buffer.concat([
    ...name.map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)])),
    Buffer.of(0),
  ]);
}

function record(name: readonly string[], type: number, data: Buffer): Buffer {
  const length = Buffer.of(data.length >> 8, data.length & 255);
  return Buffer.concat([labels(name), Buffer.of(0, type, 0, 1, 0, 0, 0, 120), length, data]);
}
