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
      one.services.map(({ transport, port, protocol, over }) =>
        text(one.id, transport, port, protocol, over),
      ),
    );
    const found = stage.lab.truth.flatMap((one) =>
      servicesOf(deviceOf(one)).map(({ transport, port, protocol, over }) =>
        text(one.id, transport, port, protocol, over),
      ),
    );
    const missed = expected.filter((service) => !found.includes(service));
    const more = found.filter((service) => !expected.includes(service));
    expect({ missed, more }).toEqual({ missed: [], more: [] });
  });

  test('says who may come in where that can be seen', () => {
    const wrong = stage.lab.truth.flatMap((one) =>
      one.services.flatMap(({ transport, port, access }) => {
        const found = servicesOf(deviceOf(one)).find(
          (service) => service.transport === transport && service.port === port,
        );
        if (access === undefined || found?.access === access) return [];
        return [`${one.id} ${port}/${transport}: ${found?.access ?? 'not found'}, not ${access}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('says of each device who made it, what it is and of which category', () => {
    const wrong = stage.lab.truth.flatMap((one) => {
      const device = deviceOf(one);
      const first = (name: 'vendor' | 'kind'): string =>
        String(device?.attributes[name]?.[0]?.value ?? 'nothing');
      const { vendor } = one;
      return [
        ...(vendor === undefined || first('vendor').toLowerCase().includes(vendor.toLowerCase())
          ? []
          : [`${one.id}: vendor ${first('vendor')}, not ${vendor}`]),
        ...(first('kind') === one.kind
          ? []
          : [`${one.id}: kind ${first('kind')}, not ${one.kind}`]),
        ...(device?.category === one.category
          ? []
          : [`${one.id}: category ${device?.category ?? 'nothing'}, not ${one.category}`]),
      ];
    });
    expect(wrong).toEqual([]);
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

/** `camera 554/tcp rtsp`, `broker 8883/tcp mqtt over tls`. */
function text(
  device: string,
  transport: string,
  port: number,
  protocol: string,
  over: string,
): string {
  return `${device} ${port}/${transport} ${protocol}${over === transport ? '' : ` over ${over}`}`;
}
