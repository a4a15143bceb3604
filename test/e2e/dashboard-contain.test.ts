import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AlertItem } from '../../src/model/api/alerts.ts';
import type { Look } from './dashboard-stage.ts';
import { cannotLook, Served } from './dashboard-stage.ts';
import { Stage } from './stage.ts';

const why = cannotLook(['nft', 'tcpdump']);
const CAMERA = 'camera';
/** Seconds: the camera of the lab looks for telnet every 20. */
const ROUND = 26;

describe.skipIf(why !== false)(`a camera that scans${why === false ? '' : ` (${why})`}`, () => {
  let stage: Stage;
  let served: Served;
  let look: Look;
  let camera: string;

  beforeAll(async () => {
    stage = await Stage.open({
      devices: [CAMERA, 'phone', 'nas', 'meter', 'broker', 'thermostat'],
      life: { incidentAfter: 5 },
    });
    camera = stage.lab.truth.find(({ id }) => id === CAMERA)?.address ?? '';
    served = await Served.start({
      enter: stage.lab.enter,
      args: ['--capture', 'span0', '--enforce', '--state', stage.data('enforce')],
    });
    look = await served.begin();
  });
  afterAll(async () => {
    await served?.close();
    await stage?.close();
  });

  /** Attempts of the camera at telnet, in a round of its search, where it is and where it wants to. */
  const attempts = async (): Promise<{ readonly sent: number; readonly arrived: number }> => {
    const count = async (bridge: string): Promise<number> => {
      const only = `src host ${camera} and dst port 23 and tcp[tcpflags] & tcp-syn != 0`;
      const line = `timeout ${ROUND} tcpdump -n -l -i ${bridge} '${only}' 2>/dev/null | grep -c Flags`;
      return Number((await stage.sensor(line)).stdout);
    };
    const [sent, arrived] = await Promise.all([count('br-iot'), count('br-home')]);
    return { sent, arrived };
  };

  test('three clicks from the list of alerts it is held, and that is verified', async () => {
    const { page } = look;
    // Most of whom it tries are nobody, and for nobody the router does not even send.
    expect((await attempts()).arrived).toBeGreaterThan(0);

    await look.go('alerts');
    const alert = page.getByRole('link', { name: /looks for/ }).first();
    await alert.waitFor({ timeout: 60_000 });
    let clicks = 0;
    const click = async (target: typeof alert): Promise<void> => {
      clicks += 1;
      await target.click();
    };
    await click(alert);
    await click(page.getByRole('button', { name: 'Contain…' }).first());
    await click(page.getByRole('button', { name: 'Block for 1 hour' }));
    await page.getByText(/Blocked · verified ✓/).waitFor({ timeout: 60_000 });
    expect(clicks).toBe(3);

    const held = await attempts();
    expect(held.sent).toBeGreaterThan(10);
    expect(held.arrived).toBe(0);
  });

  test('who comes back finds it held, and Undo lets the camera go', async () => {
    const { page } = look;
    const { items } = await look.json<{ items: AlertItem[] }>('alerts?sort=-severity');
    await page.reload();
    await page.getByText(/Blocked · verified ✓/).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('The block was taken back').waitFor({ timeout: 30_000 });
    expect((await attempts()).arrived).toBeGreaterThan(0);
    expect(items.length).toBeGreaterThan(0);
    expect(look.wrongs).toEqual([]);
  });
});
