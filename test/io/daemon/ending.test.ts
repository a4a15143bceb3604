import { beforeAll, describe, expect, test } from 'vitest';
import { Site } from '../../cli/apply-site.ts';
import { lacking } from '../../lab/need.ts';

const why = lacking('unshare', 'ip', 'nft', 'conntrack', 'python3');

/** Seconds until what nobody confirms is taken back: far longer than the end may take. */
const WITHIN = 60;
/** Milliseconds for all that is done on one router. */
const PATIENCE = 240_000;

/**
 * Asks a daemon over its API to hold a device, perhaps confirms it, and ends it with SIGTERM. What is
 * printed comes from after its end, while the change would still wait.
 */
const HOLD = `
import { spawn } from 'node:child_process';
const [product, device, confirms, token] = process.argv.slice(2);
const words = ['serve', '--json', '--no-ui', '--listen', '127.0.0.1:0', '--enforce', '--state', process.cwd() + '/state'];
const child = spawn(process.execPath, [product, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
const ended = new Promise((resolve) => child.once('close', resolve));
const said = await new Promise((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk))));
const { address } = JSON.parse(said);
async function post(path, body) {
  const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' };
  const answer = await fetch(new URL('api/v1/' + path, address), { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(path + ' ' + answer.status + ' ' + (await answer.text()));
  return answer.json();
}
const { id } = await post('changes', { contain: { device, how: 'isolate', ttl: 'PT1H' } });
let { state } = await post('changes/' + id + '/apply', { within: ${WITHIN} });
if (confirms === 'yes') ({ state } = await post('changes/' + id + '/confirm', {}));
const began = performance.now();
child.kill('SIGTERM');
const status = await ended;
console.log(JSON.stringify({ state, status, seconds: Math.round((performance.now() - began) / 100) / 10 }));
`;

const START = `
node() { ${process.execPath} "$@"; }
serve 443 "ip netns exec far"
till open camera 203.0.113.7 443
token=$(node $PRODUCT token create test --scope read --scope policy:propose --scope policy:apply)
look() { echo "$1 camera=$(open camera 203.0.113.7 443 && echo reaches || echo held) ours=$(nft list tables | grep -c 'inet portolan$') pending=$(test -e state/pending && echo yes || echo no)"; }
cp data/policy.yaml before.yaml
`;

const UNCONFIRMED = `
node hold.mjs $PRODUCT DEVICE no "$token"
look unconfirmed
cmp data/policy.yaml before.yaml && echo "policy as before"
for _ in $(seq 120); do [ -e state/pending ] || break; sleep 1; done
look lapsed
node $PRODUCT audit --json
`;

const CONFIRMED = `
node hold.mjs $PRODUCT DEVICE yes "$token"
look confirmed
cmp -s data/policy.yaml before.yaml || echo "policy with rules"
node $PRODUCT audit --json
`;

describe.skipIf(why !== undefined)('a daemon that is ended right after a device was held', () => {
  const outs: string[] = [];
  beforeAll(() => {
    for (const script of [UNCONFIRMED, CONFIRMED]) {
      const site = new Site();
      site.file('hold.mjs', HOLD);
      outs.push(site.run(START + script.replaceAll('DEVICE', site.device), PATIENCE).out);
      site.close();
    }
  }, 2 * PATIENCE);

  test('has ended while what nobody confirmed still waits, and the policy is as it was', () => {
    const [out = ''] = outs;
    expect(out).toMatch(/^\{"state":"loaded","status":143,/m);
    expect(out).toMatch(/^unconfirmed camera=held ours=1 pending=yes$/m);
    expect(out).toMatch(/^policy as before$/m);
    expect(out).toMatch(/"left to its watchdog: PTL-C-\w+ on this machine"/);
  });

  test('leaves it to its watchdog, which takes it back', () => {
    expect(outs[0]).toMatch(/^lapsed camera=reaches ours=0 pending=no$/m);
  });

  test('keeps what was confirmed, in the kernel and in the policy', () => {
    const [, out = ''] = outs;
    expect(out).toMatch(/^\{"state":"confirmed","status":143,/m);
    expect(out).toMatch(/^confirmed camera=held ours=1 pending=no$/m);
    expect(out).toMatch(/^policy with rules$/m);
    expect(out).toMatch(/"confirmed PTL-C-\w+ on this machine"/);
  });
});
