import { afterEach, expect, test, vi } from 'vitest';
import { untilDecided } from '../../src/cli/apply-wait.ts';
import { Enforcer } from '../../src/io/apply/enforcer.ts';
import type { Host, Output } from '../../src/io/apply/host.ts';
import { runIn } from './stand-in.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A machine whose watchdog has done its work at the third look; at the first the clock is set. */
function hostWhere(setClock: () => void): Host {
  let looks = 0;
  const run = (command: readonly string[]): Promise<Output> => {
    const isLook = command.includes('get');
    if (isLook) looks += 1;
    if (looks === 1) setClock();
    const isOver = isLook && looks > 2;
    return Promise.resolve({
      status: isOver ? 0 : 1,
      stdout: isOver ? 'rolled-back\n' : '',
      stderr: '',
    });
  };
  const install = (): Promise<Output> => Promise.resolve({ status: 0, stdout: '', stderr: '' });
  return {
    name: 'this machine',
    folder: '/x',
    run: (command) => (command[1] === '-c' ? install() : run(command)),
    close: () => {},
  };
}

test.each([
  ['a day ahead', 86_400_000],
  ['a day back', -86_400_000],
])(
  'the clock is set %s while a change waits: it still waits for what becomes of it',
  async (_, by) => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_795_000_000_000 });
    const enforcer = await Enforcer.open(hostWhere(() => vi.setSystemTime(Date.now() + by)));
    const { out } = await runIn(
      { data: '/x', now: 0 },
      async (shell) => {
        shell.out(await untilDecided(shell, enforcer, 'PTL-C-ABC123', 60));
        return 0;
      },
      [],
    );
    expect(out).toBe('rolled-back');
  },
);
