import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { localHost } from '../../../src/io/apply/local-host.ts';
import { fateWithin } from '../../../src/io/apply/steps.ts';
import { Enforcing } from '../../../src/io/daemon/enforcing.ts';
import { PartState } from '../../../src/io/daemon/part-state.ts';
import type { Signal } from '../../../src/model/alert.ts';

// On a router: rules of ours are in force, and somebody adds one by hand.
const [, , helper = ''] = process.argv;
const RULES = `table inet portolan {
	chain forward {
		type filter hook forward priority filter; policy accept;
		ip saddr 192.0.2.7 counter packets 0 bytes 0 drop comment "r1"
	}
}
`;
const MINUTE = 60_000;

const part = new PartState(
  'enforce',
  () => 0,
  () => {},
);
const signals: Signal[] = [];
const host = localHost({ folder: `${process.cwd()}/state`, helper });
const enforcing = new Enforcing(host, part, (signal) => signals.push(signal));
await enforcing.open();
const { enforcer } = enforcing;
if (enforcer === undefined) throw new Error(enforcing.because);
await enforcer.load({
  id: 'PTL-C-AAAA11',
  rules: RULES,
  previous: undefined,
  within: 20,
  meta: '{}',
});
await enforcer.decide('PTL-C-AAAA11', 'yes');
await fateWithin(enforcer, 'PTL-C-AAAA11', 20);

let now = MINUTE;
async function look(what: string): Promise<void> {
  now += MINUTE;
  enforcing.tick(now);
  await sleep(1500);
  const { state } = part.status();
  const facts = signals.at(-1)?.evidence.facts.map(({ value }) => value) ?? [];
  process.stdout.write(`${JSON.stringify({ what, state, told: signals.length, facts })}\n`);
}

await look('as it was left');
const RULE = ['inet', 'portolan', 'forward', 'ip', 'saddr', '192.0.2.8', 'accept'];
spawnSync('nft', ['insert', 'rule', ...RULE]);
await look('changed by hand');
await look('still');
spawnSync('nft', ['flush', 'chain', 'inet', 'portolan', 'forward']);
spawnSync('nft', ['-f', '-'], { input: RULES });
await look('put back');
process.exit(0);
