import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { localHost } from '../../../src/io/apply/local-host.ts';
import { lacking } from '../../lab/need.ts';
import { bundled } from './bundle.ts';

const made = bundled({ enforce: 'src/io/apply/helper-main.ts' });
const isRoot = process.getuid?.() === 0;
const MISSING =
  lacking('setpriv', 'nft') ?? (isRoot ? undefined : 'only root has rights to give up');

/** Of the only child that runs the helper. */
function rightsOf(helper: string): string | undefined {
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const pid = pids.find((one) => readFileSync(`/proc/${one}/cmdline`, 'utf8').includes(helper));
  return /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
}

test.skipIf(MISSING !== undefined)('the helper has the one right that it needs', async () => {
  const helper = join(made.folder, 'enforce.mjs');
  const host = localHost({ folder: join(made.folder, 'state'), helper });
  try {
    expect((await host.run(['nft', '--version'])).status).toBe(0);
    // CAP_NET_ADMIN is bit 12 (capabilities(7)).
    expect(BigInt(`0x${rightsOf(helper)}`)).toBe(1n << 12n);
  } finally {
    host.close();
  }
});

test('the helper refuses what it is not for, whoever asks, and goes on', async () => {
  const host = localHost({
    folder: join(made.folder, 'state'),
    helper: join(made.folder, 'enforce.mjs'),
  });
  try {
    await expect(host.run(['id'])).rejects.toThrow('refused id');
    await expect(host.run(['nft', '-f', '-'], 'delete table ip theirs\n')).rejects.toThrow(
      'not about our table',
    );
    expect((await host.run(['nft', '--version'])).stdout).toContain('nftables');
  } finally {
    host.close();
  }
});

test('the helper ends with a message that has no form', async () => {
  const child = spawn(process.execPath, [join(made.folder, 'enforce.mjs'), '/x'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.write('{"id":1,"command":"id"}\n');
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(status).not.toBe(0);
});
