import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StatusView } from '../../src/model/api/daemon.ts';
import type { Look } from './dashboard-stage.ts';
import { cannotLook, Served } from './dashboard-stage.ts';
import { Stage } from './stage.ts';

const why = cannotLook(['nft', 'mount']);
/** Milliseconds after which who looks at the page has to know. */
const SOON = 20_000;

describe.skipIf(why !== false)(`what fails is said${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;
  let served: Served;
  let look: Look;

  beforeAll(async () => {
    stage = await Stage.open({ devices: ['camera', 'phone', 'broker', 'thermostat'], life: {} });
    // Small, so that it is soon full.
    await stage.sensor(`mkdir ${stage.data()} && mount -t tmpfs -o size=16m small ${stage.data()}`);
    served = await Served.start({
      enter: stage.lab.enter,
      data: stage.data(),
      args: ['--capture', 'span0'],
    });
    look = await served.begin();
  });
  afterAll(async () => {
    await served?.close();
    await stage?.close();
  });

  const stateOf = async (part: string): Promise<string> => {
    const { parts } = await look.json<StatusView>('status');
    return parts.find((one) => one.part === part)?.state ?? 'none';
  };
  /** The sign that every page has, and what it says to who cannot see it. */
  const health = (state: string): Promise<void> =>
    look.page.locator(`.health[data-state="${state}"]`).waitFor({ timeout: SOON });

  test('as long as it sees, it says that it does', async () => {
    await health('ok');
    expect(await stateOf('capture')).toBe('ok');
  });

  test('a store that is full: the page says so, and answers', async () => {
    await stage.sensor(`dd if=/dev/zero of=${stage.data()}/ballast bs=4k 2>/dev/null; true`);
    await health('degraded');
    await look.go('devices');
    await look.page.getByRole('heading', { level: 1 }).waitFor();
    expect(await stateOf('store')).not.toBe('ok');
  });

  test('once there is room, it says that as well, and what came meanwhile is kept', async () => {
    await stage.sensor(`rm ${stage.data()}/ballast`);
    await look.page.locator('.health[data-state="ok"]').waitFor({ timeout: 60_000 });
    expect(await stateOf('store')).toBe('ok');
  });

  test('a capture that was killed: blind is never green', async () => {
    await look.go('');
    const { stdout } = await stage.sensor(`cat /proc/${served.pid}/task/*/children`);
    const children = stdout.trim().split(/\s+/).map(Number);
    expect(children).toHaveLength(1);
    await served.signal('KILL', children[0]);
    await look.page.locator('.health:not([data-state="ok"])').waitFor({ timeout: SOON });
    expect(await stateOf('capture')).toBe('failed');
    await look.page.locator('.health').click();
    const line = look.page.getByRole('dialog').getByRole('row', { name: /capture/i });
    expect(await line.textContent()).toContain('portolan serve --capture span0');
  });

  test('a daemon that ends lets go of who looks at it, who is told', async () => {
    const { status } = await served.end();
    // As the shell says of who ended by SIGTERM, in order.
    expect(status).toBe(143);
    await look.page.locator('.stale').waitFor({ timeout: 60_000 });
  });
});
