import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SystemdSpace, whyNoSystemd } from './systemd-space.ts';

const why = whyNoSystemd();
const PORTOLAN = `${process.execPath} /opt/portolan/dist/portolan.js`;
const DATA = '/var/lib/portolan/data';
const WORDS = '-i near --enforce --keep-packets 64MB --allow-host portolan.lan';

/** Each step is typed as it was printed, on a machine that systemd has started. */
describe.skipIf(why !== undefined)(
  `a service of systemd${why === undefined ? '' : ` (${why})`}`,
  () => {
    let space: SystemdSpace;
    beforeAll(async () => {
      space = new SystemdSpace();
      await space.started();
    }, 90_000);
    afterAll(() => space.close());

    function steps(): readonly { readonly lines: readonly string[]; readonly test: string }[] {
      const { out } = space.run(`${PORTOLAN} setup service ${WORDS} --json`);
      const { ways }: { ways: { lines: string[]; test: string }[] } = JSON.parse(out);
      return ways;
    }

    function state(): { readonly status: number | null; readonly states: readonly string[] } {
      const { status, out } = space.run(`${PORTOLAN} setup service ${WORDS} --check`);
      return {
        status,
        states: [...out.matchAll(/^ {3}(works|does not work yet|not tested): /gm)].map(
          ([, word = '']) => word,
        ),
      };
    }

    test('is set up step by step, and each test says when its step is done', {
      timeout: 120_000,
    }, async () => {
      const done: (number | null)[] = [];
      expect(state().states[0]).not.toBe('works');
      for (const { lines, test: check } of steps()) {
        const before = space.run(check).status;
        const { status, out } = space.run(lines.join('\n'));
        expect(status, out).toBe(0);
        await sleep(3000);
        done.push(before, space.run(check).status);
      }
      const [account, accountThen, unit, unitThen, begun, begunThen] = done;
      expect([account, unit, begun].includes(0)).toBe(false);
      expect([accountThen, unitThen, begunThen]).toEqual([0, 0, 0]);
      await expect
        .poll(() => state(), { timeout: 30_000 })
        .toEqual({ status: 0, states: ['works', 'works', 'works'] });
    });

    test('captures and may change the firewall, and itself has no right', {
      timeout: 60_000,
    }, async () => {
      // What passes by, and so what is kept of it, on the cable that it listens to.
      await expect
        .poll(
          () => {
            space.run(
              'ip addr add 10.9.9.1/24 dev far 2>/dev/null; ping -c 1 -W 1 -I far 10.9.9.2 2>/dev/null; true',
            );
            return space.run(`ls -l ${DATA}/captures`).out;
          },
          { timeout: 40_000 },
        )
        .toMatch(/^-rw------- 1 portolan portolan .*\.pcap$/m);
      const { out } = space.run(`
      main=$(systemctl show portolan -p MainPID --value)
      grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/$main/status
      for child in $(cat /proc/$main/task/$main/children); do
        tr '\\0' ' ' </proc/$child/cmdline | grep -oE '(capture|enforce)\\.js'
        grep -E '^CapEff:' /proc/$child/status
      done
      ls ${'/var/lib/portolan/enforce'}`);
      expect(out).toMatch(/^CapEff:\s*0{16}$/m);
      expect(out).toMatch(/^NoNewPrivs:\s*1$/m);
      expect(out).toMatch(/^Seccomp:\s*2$/m);
      expect(out).toMatch(/capture\.js\nCapEff:\s*0{16}$/m);
      // CAP_NET_ADMIN, and no other (capabilities(7): bit 12).
      expect(out).toMatch(/enforce\.js\nCapEff:\s*0{12}1000$/m);
      expect(out).toContain('guard.sh');
    });

    test('is there again after it was killed, and ends well when it is stopped', {
      timeout: 60_000,
    }, async () => {
      const { out: killed } = space.run('systemctl show portolan -p MainPID --value');
      space.run('systemctl kill -s KILL --kill-whom=main portolan');
      await expect
        .poll(
          () =>
            space.run('systemctl show portolan -p MainPID --value; systemctl is-active portolan')
              .out,
          { timeout: 30_000 },
        )
        .toMatch(new RegExp(`^(?!${killed.trim()}\\n)[1-9]\\d*\\nactive\\n$`));
      await expect
        .poll(() => space.run('ss -Hltn sport = :7787').out, { timeout: 30_000 })
        .toContain('127.0.0.1:7787');
      // One that did not end as it should, or in time, would be a failed one.
      const { out } = space.run(
        'systemctl stop portolan; systemctl show portolan -p Result -p ActiveState',
      );
      expect(out).toBe('Result=success\nActiveState=inactive\n');
    });
  },
);
