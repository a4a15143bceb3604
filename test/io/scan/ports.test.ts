import { describe, expect, test } from 'vitest';
import { PortolanError } from '../../../src/base/errors.ts';
import { formatPorts, hasPort, portCount } from '../../../src/base/port-set.ts';
import { IOT_PORTS, OT_PORTS } from '../../../src/io/scan/default-ports.ts';
import {
  defaultPorts,
  namedPorts,
  readPorts,
  refuseTopPorts,
  whyAsked,
} from '../../../src/io/scan/ports.ts';

/** What the article about IoT ports names. */
const ARTICLE = { tcp: [80, 443, 1883, 8883, 8080, 6850, 102], udp: [5683] };
/** The set of 39 ports by which the default lists of other scanners are compared. */
const BAR = {
  tcp: [...ARTICLE.tcp, 5671, 5672, 502, 802, 554, 4840, 2404, 5540, 6053, 6668, 7547, 8009].concat(
    [8060, 44818, 20000, 37777, 11095, 9543],
  ),
  udp: [...ARTICLE.udp, 5684, 1900, 5353, 3702, 2100, 5540, 161, 47808, 44818, 34964, 6667].concat([
    33434, 10001,
  ]),
};

describe('the default set', () => {
  test.each([
    ['8 of 8 ports of the article', ARTICLE, 8],
    ['39 of 39 ports of the bar', BAR, 39],
  ])('holds %s', (_, { tcp, udp }, count) => {
    const ports = defaultPorts();
    const missing = [
      ...tcp.filter((port) => !hasPort(ports.tcp, port)),
      ...udp.filter((port) => !hasPort(ports.udp, port)),
    ];
    expect(missing).toEqual([]);
    expect(tcp.length + udp.length).toBe(count);
  });

  test('asks a device no more than it must', () => {
    expect(portCount(defaultPorts().tcp)).toBeLessThanOrEqual(80);
    expect(portCount(defaultPorts().udp)).toBeLessThanOrEqual(24);
  });

  test('samples the custom range 8000-9000', () => {
    const sampled = IOT_PORTS.filter(({ port }) => port >= 8000 && port <= 9000);
    expect(sampled.length).toBeGreaterThanOrEqual(20);
  });

  test.each([...IOT_PORTS, ...OT_PORTS])('says why it asks $transport/$port', ({ why }) => {
    expect(why.length).toBeGreaterThan(2);
  });

  test('names each port once', () => {
    const keys = IOT_PORTS.map(({ transport, port }) => `${transport}/${port}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(whyAsked('tcp', 1883)).toBe('MQTT');
  });
});

describe('-p', () => {
  test.each([
    ['numbers and ranges', '22,80,1000-2000', '22,80,1000-2000', ''],
    ['both transports', 'T:1-1024,U:5683,5684', '1-1024', '5683-5684'],
    ['a transport that holds until the next', 'U:53,161,T:80', '80', '53,161'],
    ['all', '-', '1-65535', ''],
    ['all over UDP', 'U:-', '', '1-65535'],
    ['from the first', '-1024', '1-1024', ''],
    ['to the last', '60000-', '60000-65535', ''],
    ['small letters and blanks', 't:22, u:53', '22', '53'],
    ['ranges that overlap', '1-10,5-20', '1-20', ''],
  ])('%s', (_, text, tcp, udp) => {
    const ports = readPorts(text);
    expect([formatPorts(ports.tcp), formatPorts(ports.udp)]).toEqual([tcp, udp]);
  });

  test.each([
    ['beyond the last', '70000', '70000 is no port: ports are 1-65535', '-p-'],
    ['zero', '0', '0 is no port', ''],
    ['backwards', '90-80', 'runs backwards', '80-90'],
    ['a name', 'http', '"http" is no port', '-p 22,80'],
    ['a set by the wrong flag', 'iott', '"iott" is no port', '--ports iot'],
    ['an empty part', '22,,80', 'empty part', ''],
    ['nothing', '', 'empty part', ''],
    ['a number without end', '9'.repeat(400), 'is no port', ''],
  ])('%s is refused with a way out', (_, text, message, remedy) => {
    const error = failure(() => readPorts(text));
    expect(error.code).toBe('E_PORTS');
    expect(error.message).toContain(message);
    expect(error.message.length).toBeLessThan(200);
    expect(error.remedy).toContain(remedy);
  });
});

describe('named sets', () => {
  test.each([
    ['iot', 80],
    ['ot', 502],
    ['all', 65_535],
  ])('%s', (name, port) => {
    expect(hasPort(namedPorts(name).tcp, port)).toBe(true);
  });

  test('an unknown one names its neighbour', () => {
    expect(failure(() => namedPorts('iott')).remedy).toContain('iot');
  });

  test('lists of other scanners are refused in words', () => {
    expect(failure(() => refuseTopPorts('--top-ports')).remedy).toContain('--ports iot');
  });
});

function failure(act: () => unknown): PortolanError {
  try {
    act();
  } catch (error) {
    if (error instanceof PortolanError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
