import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScanRecord } from '../../src/model/scan.ts';
import { cannot, PATIENCE, Stage } from './stage.ts';

const why = cannot(['tcpdump', 'tshark']);

/** Milliseconds: enough for the device to be found and for some ports to be asked. */
const UNTIL_INTERRUPTED = 9000;
/** A second of checkpoint and what was under way: ports that may be asked again. */
const ASKED_TWICE = 4;

describe.skipIf(why !== false)(`an interrupted scan${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open({ devices: ['amqp-gateway'] });
  }, 30_000);
  afterAll(() => stage.close());

  const target = '10.77.2.15';
  const argv = ['scan', target, '-p', '5672,8672,9001-9030'];
  const scans = (data: string): Promise<readonly ScanRecord[]> =>
    stage.items<ScanRecord>(['scan', '--list'], data);

  /** Ports to which a connection was begun while `body` ran, in order. */
  const asked = async (name: string, body: () => Promise<unknown>): Promise<readonly number[]> => {
    const file = join(stage.folder, `${name}.pcap`);
    const filter = `tcp[tcpflags] == tcp-syn and dst host ${target}`;
    const stop = new AbortController();
    const capture = stage.sensor(
      `exec tcpdump -U --immediate-mode -i eth-iot -w ${file} '${filter}'`,
      {
        stop: stop.signal,
      },
    );
    await sleep(1000);
    await body();
    await sleep(500);
    stop.abort();
    await capture;
    const { stdout } = await stage.sensor(`tshark -r ${file} -T fields -e tcp.dstport`);
    return stdout.trim().split(/\s+/).map(Number);
  };

  test(
    'by Ctrl-C ends with 130, keeps what was found, and goes on without asking again',
    async () => {
      const data = stage.data('interrupted');
      const first = await asked('first', async () => {
        const stop = new AbortController();
        setTimeout(() => stop.abort(), UNTIL_INTERRUPTED);
        const { status, stderr } = await stage.portolan(argv, { data, stop: stop.signal });
        expect(status).toBe(130);
        expect(stderr).toMatch(/what was found is kept\. Go on: portolan scan --resume PTL-S-/);
      });
      const [record] = await scans(data);
      expect(record).toMatchObject({ outcome: 'interrupted' });
      const found = await stage.items<{ port: number }>(['services'], data);
      expect(found.map(({ port }) => port)).toEqual(expect.arrayContaining([5672]));
      expect(new Set(first).size).toBeLessThan(32);

      const second = await asked('second', async () => {
        const resumed = [...argv, '--resume', record?.id ?? ''];
        const { status, stderr } = await stage.portolan(resumed, { data });
        expect({ status, stderr }).toMatchObject({ status: 0 });
      });
      const known = new Set(first);
      const again = [...new Set(second)].filter((port) => known.has(port));
      expect(again.length).toBeLessThanOrEqual(ASKED_TWICE);
      expect(new Set([...first, ...second]).size).toBe(32);
      expect(await scans(data)).toMatchObject([{ id: record?.id, outcome: 'complete' }]);
    },
    PATIENCE,
  );

  test(
    'by kill -9 leaves a database that opens and holds all that it had acknowledged',
    async () => {
      const data = stage.data('killed');
      const killed = await stage.portolan([...argv, '--verbose'], { data, timeout: 8000 });
      expect(killed.status).toBe(137);
      // Printed only after it was stored.
      const said = [...killed.stderr.matchAll(/10\.77\.2\.15 (\d+)\/tcp \S+/g)].map(([, port]) =>
        Number(port),
      );
      expect(said).toContain(5672);
      const found = await stage.items<{ port: number }>(['services'], data);
      expect(found.map(({ port }) => port)).toEqual(expect.arrayContaining(said));
      const [record] = await scans(data);
      expect(record).toMatchObject({ outcome: 'running' });
      const { status } = await stage.portolan([...argv, '--resume', record?.id ?? ''], { data });
      expect(status).toBe(0);
      expect(await scans(data)).toMatchObject([{ outcome: 'complete' }]);
    },
    PATIENCE,
  );
});
