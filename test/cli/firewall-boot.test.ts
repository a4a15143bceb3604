import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootUnit, refreshTimer, refreshUnit } from '../../src/cli/firewall-boot.ts';

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
