import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootUnit, refreshTimer, refreshUnit, runBoot } from '../../src/cli/firewall-boot.ts';
import { runSetup } from '../../src/cli/setup-run.ts';
import { runIn } from './stand-in.ts';

const HAS = spawnSync('systemd-analyze', ['--version']).status === 0;

test.skipIf(!HAS)('systemd accepts the units that are printed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-units-'));
  try {
    const units = {
      'portolan-firewall.service': bootUnit('/var/lib/portolan/enforce'),
      'portolan-firewall-refresh.service': refreshUnit(
        `"${process.execPath}" "x"`,
        '/var/lib/portolan',
      ),
      'portolan-firewall-refresh.timer': refreshTimer(),
    };
    const files = Object.entries(units).map(([name, lines]) => {
      writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
      return join(folder, name);
    });
    const { stderr } = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8' });
    // It also speaks of other units of this machine.
    expect(stderr.split('\n').filter((line) => line.includes('portolan'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('what is loaded at boot is what was confirmed, before the network, and nothing else', () => {
  const unit = bootUnit('/var/lib/portolan/enforce');
  expect(unit).toContain('ExecStart=/usr/sbin/nft -f /var/lib/portolan/enforce/confirmed.nft');
  expect(unit).toContain('ConditionPathExists=/var/lib/portolan/enforce/confirmed.nft');
  expect(unit).toContain('Before=network-pre.target');
});

test.each([
  [
    'firewall boot',
    (...[shell, input]: Parameters<typeof runBoot>) => Promise.resolve(runBoot(shell, input)),
    ['boot'],
  ],
  ['setup firewall', runSetup, ['firewall']],
] as const)('%s prints what to type, each step checked', async (_, work, args) => {
  const state = mkdtempSync(join(tmpdir(), 'portolan-boot-'));
  try {
    const { status, out } = await runIn({ data: state, now: 0 }, work, args, { state });
    expect(status).toBe(0);
    expect(out).toContain('sudo systemctl enable portolan-firewall.service');
    expect(out).toContain(`ConditionPathExists=${state}/confirmed.nft`);
    expect(out).toMatch(HAS ? /works: systemd-analyze accepts it/ : /not tested/);
    expect(out).toContain('nothing was confirmed yet');
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
});

const NFT = spawnSync('unshare', ['-n', 'nft', '--version']).status === 0;

test.skipIf(!NFT && process.env['CI'] === undefined)(
  'what was confirmed is read by the program that is to load it',
  async () => {
    const state = mkdtempSync(join(tmpdir(), 'portolan-boot-'));
    try {
      const work = (...[shell, input]: Parameters<typeof runBoot>): Promise<number> =>
        Promise.resolve(runBoot(shell, input));
      const said = async (text: string): Promise<string> => {
        writeFileSync(join(state, 'confirmed.nft'), text);
        return (await runIn({ data: state, now: 0 }, work, ['boot'], { state })).out;
      };
      expect(await said('table inet portolan {\n}\n')).toContain('works: nft accepts it');
      expect(await said('table inet portolan {\n')).toContain('does not work yet: ');
    } finally {
      rmSync(state, { recursive: true, force: true });
    }
  },
);
