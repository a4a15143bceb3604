import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Output } from '../../lab/tools.ts';
import type { ScanRecord } from '../../src/model/scan.ts';
import type { Service } from '../../src/model/service.ts';
import { cannot, PATIENCE, PRODUCT, Stage, tricks } from './stage.ts';

const why = cannot(['mount', 'setpriv', 'script']);

const TARGET = '10.77.2.15';
const SCAN = ['scan', TARGET, '-p', '5672,8672'];

describe.skipIf(why !== false)(`what goes wrong${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;
  const product = PRODUCT.join(' ');

  beforeAll(async () => {
    stage = await Stage.open({ devices: ['amqp-gateway', 'meter'] });
    const { status, stderr } = await stage.portolan(SCAN);
    if (status !== 0) throw new Error(stderr);
  }, 60_000);
  afterAll(() => stage.close());

  /** An error of ours: a line that says what and why with a code, and a line that says what to do. */
  const refused = ({ status, stderr }: Output, code: string, expected: number): void => {
    expect({ stderr, status }).toEqual({ stderr, status: expected });
    expect(stderr).toMatch(
      new RegExp(`^portolan: .+\\[${code}\\] exit ${expected}\\n {4}\\S`, 'm'),
    );
    expect(stderr).not.toMatch(/\n\s+at /);
  };

  describe('with the data folder', () => {
    test('a full disk ends the scan with its cause, and what was stored is kept', async () => {
      const folder = join(stage.folder, 'small');
      mkdirSync(folder);
      const { status, stdout, stderr } = await stage.sensor(
        `mount -t tmpfs -o size=2m tmpfs ${folder} && cp ${stage.data()}/portolan.db ${folder} &&
         ${product} --data ${folder} services --json > ${stage.folder}/before &&
         head -c 2m /dev/zero > ${folder}/ballast; truncate -s -24k ${folder}/ballast
         ${product} --data ${folder} ${SCAN.join(' ')}; status=$?
         rm -f ${folder}/ballast
         ${product} --data ${folder} services --json > ${stage.folder}/after || exit 99
         exit $status`,
      );
      const known = (name: string): number =>
        readFileSync(join(stage.folder, name), 'utf8').split('"port"').length;
      expect(known('after')).toBeGreaterThanOrEqual(known('before'));
      refused({ status, stdout, stderr }, 'E_DISK_FULL', 3);
    }, 60_000);

    test('a read-only one is named, with the way out', async () => {
      const folder = join(stage.folder, 'readonly');
      const output = await stage.sensor(
        `cp -r ${stage.data()} ${folder} && mount --bind ${folder} ${folder} &&
         mount -o remount,ro,bind ${folder} && ${product} --data ${folder} devices`,
      );
      refused(output, 'E_NO_PERMISSION', 4);
    });

    test.each([
      ['text', 'this is my diary\n', 'E_STORE_FOREIGN'],
      ['nothing', '', 'E_STORE_DAMAGED'],
      ['the start of a database', 'SQLite format 3\0', 'E_STORE_DAMAGED'],
    ])('a file there that is %s is left as it was', async (name, content, code) => {
      const folder = join(stage.folder, name.replaceAll(' ', '-'));
      mkdirSync(folder);
      writeFileSync(join(folder, 'portolan.db'), content);
      for (const argv of [['devices'], SCAN]) {
        refused(await stage.portolan(argv, { data: folder }), code, 3);
      }
      expect(readFileSync(join(folder, 'portolan.db'), 'latin1')).toBe(content);
    });

    test('a second process may look while a scan runs, which goes on', async () => {
      const data = stage.data('shared');
      const first = stage.portolan(SCAN, { data });
      await sleep(1500);
      expect((await stage.portolan(['devices'], { data })).status).toBe(0);
      expect((await first).status).toBe(0);
    }, 60_000);
  });

  describe('with the network', () => {
    test(
      'an interface that goes away during the scan ends it, not the program',
      async () => {
        const data = stage.data('unplugged');
        const scan = stage.portolan(
          ['scan', TARGET, '10.77.3.10', '-p', '502,5672,8672,9001-9004'],
          { data },
        );
        await sleep(5000);
        await stage.sensor('ip link set eth-iot down');
        const { status, stderr } = await scan;
        await stage.sensor('ip link set eth-iot up');
        expect(stderr).not.toContain('E_BUG');
        expect(status).toBe(5);
        expect(stderr).toContain('No way to 10.77.2.15 any more (ENETUNREACH)');
        const services = await stage.items<Service>(['services'], data);
        expect(services.map(({ port }) => port)).toEqual(expect.arrayContaining([502]));
        const [record] = await stage.items<ScanRecord>(['scan', '--list'], data);
        expect(record?.outcome).toBe('partial');
      },
      PATIENCE,
    );

    test('no interface at all is said before anything is done', async () => {
      const alone = (line: string): Promise<Output> =>
        stage.sensor(`unshare -n ${product} --data ${stage.data('alone')} ${line}`);
      refused(await alone('scan'), 'E_SCOPE', 6);
      refused(await alone('scan 192.168.1.0/24'), 'E_SCOPE', 6);
      expect((await alone('doctor')).stderr).not.toContain('E_BUG');
      expect((await alone('port 5683/udp')).status).toBe(0);
    });
  });

  describe('without', () => {
    const unprivileged = (line: string, uid = 65_534, more = ''): Promise<Output> =>
      stage.sensor(
        `mkdir -p ${stage.folder}/u${uid} && chown ${uid} ${stage.folder}/u${uid} && chmod 711 ${stage.folder} &&
         exec setpriv --reuid ${uid} --regid 65534 --clear-groups --no-new-privs --bounding-set=-all \
         env ${more} ${product} --data ${stage.folder}/u${uid}/data ${line}`,
      );

    test.each([
      ['any right', 65_534],
      ['any right and a name', 12_345],
    ])(
      '%s: a scan finds, identifies and assesses the same',
      async (_, uid) => {
        const { status, stdout, stderr } = await unprivileged(SCAN.join(' '), uid);
        expect({ stderr, status }).toEqual({ stderr, status: 0 });
        expect(stdout).toMatch(/ADVANTECH.*5672\/amqp 8672\/amqp/);
        const named = await unprivileged(`devices name ${TARGET} gateway`, uid);
        expect({ said: named.stderr, status: named.status }).toEqual({
          said: named.stderr,
          status: 0,
        });
      },
      60_000,
    );

    test('a home: a data folder that is given is enough; without one it is said', async () => {
      const given = await unprivileged('devices', 12_345, '-u HOME');
      expect({ stderr: given.stderr, status: given.status }).toEqual({
        stderr: given.stderr,
        status: 0,
      });
      const nowhere = await stage.sensor(
        `exec setpriv --reuid 12345 --regid 65534 --clear-groups env -u HOME -u XDG_DATA_HOME ${product} devices`,
      );
      expect(nowhere.stderr).not.toContain('E_BUG');
      expect(nowhere.stderr).toMatch(/^portolan: .+\[E_[A-Z_]+\] exit \d+\n {4}\S/m);
    });
  });

  describe('with the terminal', () => {
    test('a reader that closes early ends the output without a word', async () => {
      const { stdout, stderr } = await stage.sensor(
        `${product} --data ${stage.data()} report --format json | head -1`,
      );
      expect({ stdout, stderr }).toEqual({ stdout: '{\n', stderr: '' });
    });

    test('a full output device is an error', async () => {
      const output = await stage.sensor(
        `${product} --data ${stage.data()} report --format json > /dev/full`,
      );
      expect(output).toMatchObject({ status: 3, stderr: expect.stringContaining('E_OUTPUT') });
    });

    const onTerminal = async (line: string, setting = ''): Promise<string> => {
      const command = `stty cols 60 rows 20; ${setting} ${product} --data ${stage.data()} ${line}`;
      const { stdout } = await stage.sensor(`script -qec '${command}' /dev/null < /dev/null`);
      return stdout.replaceAll('\r\n', '\n');
    };
    /** Colours and the clearing of a line: the only escapes that are ours. */
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    const bare = (text: string): string => text.replaceAll(/\u001b\[[0-9;]*[mK]/g, '');

    test.each(['devices', 'services', 'ledger --all', 'findings'])(
      '%s fits 60 columns and has colours of its own only',
      async (line) => {
        const text = await onTerminal(`${line} --quiet`);
        const lines = bare(text).split('\n');
        expect(lines.filter((one) => [...one].length > 60)).toEqual([]);
        expect(tricks(bare(text))).toEqual([]);
        expect(lines.join('')).toMatch(/\S/);
      },
    );

    test.each([
      ['NO_COLOR', 'findings', 'NO_COLOR=1'],
      ['a dumb terminal', 'findings', 'TERM=dumb'],
      ['--no-color', 'findings --no-color', ''],
      ['--accessible', 'findings --accessible', ''],
    ])('%s: no escape at all', async (_, line, setting) => {
      const text = await onTerminal(line, setting);
      expect(text).toContain('5672');
      expect(tricks(text)).toEqual([]);
    });

    test('--accessible draws no boxes', async () => {
      for (const line of ['devices', 'findings', 'ledger --all']) {
        expect(await onTerminal(`${line} --accessible`)).not.toMatch(/[\u2500-\u259f]/);
      }
    });
  });

  test('nothing was left beside the database', async () => {
    const { stdout } = await stage.sensor(`ls ${stage.data()}`);
    expect(stdout.trim().split('\n')).toEqual(['portolan.db']);
    expect(existsSync(join(stage.folder, 'text', 'portolan.db-wal'))).toBe(false);
  });
});
