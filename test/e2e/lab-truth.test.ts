import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrueDevice } from '../../lab/lab.ts';
import type { Output } from '../../lab/tools.ts';
import type { Device } from '../../src/model/device.ts';
import type { Service } from '../../src/model/service.ts';
import { cannot, PATIENCE, Stage } from './stage.ts';

const why = cannot(['mosquitto', 'coap-server-openssl', 'snmpd', 'sshd', 'openssl', 'busybox']);

interface Document {
  readonly scan: { readonly outcome: string; readonly notes: readonly string[] };
  readonly devices: readonly Device[];
  readonly services: readonly Service[];
}

describe.skipIf(why !== false)(`a scan of the lab${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;
  let output: Output;
  let seen: Document;

  beforeAll(async () => {
    stage = await Stage.open();
    output = await stage.portolan(['scan', ...stage.lab.targets, '--json']);
    seen = JSON.parse(output.stdout); // The product's own document.
  }, PATIENCE);
  afterAll(() => stage.close());

  const deviceOf = ({ address }: TrueDevice): Device | undefined =>
    seen.devices.find(({ addresses }) => addresses.includes(address));
  const servicesOf = (device: Device | undefined): readonly Service[] =>
    seen.services.filter((service) => service.device === device?.id && service.state === 'open');

  test('ends well', () => {
    expect(output.status).toBe(0);
    expect(seen.scan).toMatchObject({ outcome: 'complete', notes: [] });
  });

  test('finds every device, each once, under a name that says something', () => {
    const found = stage.lab.truth.map((one) => ({
      device: one.id,
      entries: seen.devices.filter(
        ({ addresses, macs }) => addresses.includes(one.address) || macs.includes(one.mac),
      ).length,
    }));
    expect(found).toEqual(stage.lab.truth.map(({ id }) => ({ device: id, entries: 1 })));
    const idle = seen.devices.filter(({ name }) => /^(device|unknown|)$/.test(String(name)));
    expect(idle.map(({ addresses }) => addresses)).toEqual([]);
  });

  test('finds every service, with the protocol and the carrier that is really spoken', () => {
    const expected = stage.lab.truth.flatMap((one) =>
      one.services.map((service) => text(one.id, fromOutside(one.id, service))),
    );
    const found = stage.lab.truth.flatMap((one) =>
      servicesOf(deviceOf(one)).map((service) => text(one.id, service)),
    );
    const missed = expected.filter((service) => !found.includes(service));
    const more = found.filter((service) => !expected.includes(service));
    expect({ missed, more }).toEqual({ missed: [], more: [] });
  });

  test('says who may come in where that can be seen, and nothing that is wrong', () => {
    const wrong = stage.lab.truth.flatMap((one) =>
      one.services.flatMap(({ transport, port, protocol, access }) => {
        const found = servicesOf(deviceOf(one)).find(
          (service) => service.transport === transport && service.port === port,
        );
        if (access === undefined || found?.access === access) return [];
        if (found?.access === 'unknown' && NOT_TOLD.includes(protocol)) return [];
        return [`${one.id} ${port}/${transport}: ${found?.access ?? 'not found'}, not ${access}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('says of each device who made it, what it is and of which category, or nothing', () => {
    const said = stage.lab.truth.flatMap((one) => {
      const device = deviceOf(one);
      const first = (name: 'vendor' | 'kind'): string =>
        String(device?.attributes[name]?.[0]?.value ?? 'unknown');
      const words = [
        ['vendor', first('vendor'), one.vendor ?? 'unknown'],
        ['kind', first('kind'), one.kind],
        ['category', device?.category ?? 'unknown', one.category],
      ] as const;
      return words
        .filter(([, is, ought]) => !fits(is, ought))
        .map(([what, is, ought]) => `${one.id}: ${what} ${is}, not ${ought}`);
    });
    const missing = said.filter((line) => / unknown, not /.test(line));
    expect(said.filter((line) => !missing.includes(line))).toEqual([]);
    // Each because nothing that it says over the network tells it.
    expect(missing.toSorted()).toEqual(UNTOLD);
  });

  test('harms nobody: no write, no login, no printed byte, no reset, nothing that is malformed', () => {
    const harm = stage.lab.truth.flatMap(({ id }) =>
      stage.lab
        .events(id)
        .filter(({ event }) =>
          ['write', 'login', 'printer_bytes', 'plc_died', 'reset'].includes(event),
        )
        .map(({ event, port, detail }) => `${id}: ${event} ${port ?? ''} ${detail ?? ''}`),
    );
    expect(harm).toEqual([]);
  });

  test('gives the fragile ones nothing but their own protocol', () => {
    const fragile = stage.lab.truth.filter((one) => one.fragile === true);
    const malformed = fragile.flatMap(({ id }) =>
      stage.lab.events(id).filter(({ event }) => event === 'malformed'),
    );
    expect(fragile.length).toBeGreaterThan(0);
    expect(malformed).toEqual([]);
  });
});

/** A page without a login may still have one behind it, and SSH tells only who tries to come in. */
const NOT_TOLD: readonly string[] = ['http', 'ssh'];

/** Inside these a key is needed that nobody gave (PSK), or a protocol that is not asked by anybody. */
const SEALED: readonly string[] = [
  'cast 8009/tcp',
  'light-bridge 2100/udp',
  'coap-sensor 5684/udp',
];

/** A brand is the maker's other name; a word may be more general than the lab's, never another. */
const FITTING: readonly (readonly [said: string, truth: string])[] = [
  ['philips hue', 'philips lighting'],
  ['schneider electric', 'telemecanique'],
  // The gateway answers as the controller behind it does.
  ['siemens', 'moxa'],
  // The maker of the firmware speaks; the registry knows that of the chip.
  ['esphome', 'espressif'],
  ['bridge', 'light bridge'],
  ['controller', 'plc'],
  ['controller', 'meter'],
  ['controller', 'building controller'],
];

const UNTOLD: readonly string[] = [
  'amqp-gateway: category unknown, not infrastructure',
  'amqp-gateway: kind unknown, not gateway',
  'broker: category unknown, not infrastructure',
  'broker: kind unknown, not broker',
  'coap-sensor: category unknown, not smart-home',
  'coap-sensor: kind unknown, not sensor',
  'custom-twin: kind unknown, not plug',
  'custom: kind unknown, not plug',
  'odd-ports: kind unknown, not gateway',
  'phone: kind unknown, not phone',
];

function fits(said: string, truth: string): boolean {
  const [a, b] = [said.toLowerCase(), truth.toLowerCase()];
  return a.includes(b) || FITTING.some(([is, ought]) => is === a && ought === b);
}

interface Spoken {
  readonly transport: string;
  readonly port: number;
  readonly protocol: string;
  readonly over: string;
}

/** What can be known of it without a key. */
function fromOutside(device: string, { transport, port, protocol, over }: Spoken): Spoken {
  const sealed = SEALED.includes(`${device} ${port}/${transport}`);
  return sealed
    ? { transport, port, protocol: over, over: transport }
    : { transport, port, protocol, over };
}

/** `camera 554/tcp rtsp`, `broker 8883/tcp mqtt over tls`. */
function text(device: string, { transport, port, protocol, over }: Spoken): string {
  return `${device} ${port}/${transport} ${protocol}${over === transport ? '' : ` over ${over}`}`;
}
