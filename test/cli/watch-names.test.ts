import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lacking } from '../lab/need.ts';
import { POLICY, Site } from './apply-site.ts';

const MISSING = lacking('unshare', 'ip', 'nft', 'conntrack', 'python3');

/** The camera may reach its cloud by name only, and ask for it. */
const BY_NAME = POLICY.replace('rules:\n', '  maker: { names: [cloud.example] }\nrules:\n')
  .replace(/ {2}- \{ id: cloud.*\n/, '')
  .replace(
    'rules:\n',
    `rules:
  - { id: maker, from: camera, to: maker, service: tcp/443, action: allow }
  - { id: ask, from: camera, to: zone:wan, service: udp/53, action: allow }
`,
  )
  .replace(/tests:\n.*\n/, '');

/** A name server that says where cloud.example is, and one question of the camera. */
const ANSWERS = `
cat > server.py <<'X'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("0.0.0.0", 53))
while True:
    q, who = s.recvfrom(512)
    end = q.index(b"\\0", 12) + 5
    answer = b"\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\x1e\\0\\4" + socket.inet_aton("203.0.113.7")
    s.sendto(q[:2] + b"\\x81\\x80\\0\\1\\0\\1\\0\\0\\0\\0" + q[12:end] + answer, who)
X
cat > ask.py <<'X'
import socket, sys
name = b"".join(bytes([len(p)]) + p.encode() for p in sys.argv[1].split(".")) + b"\\0"
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2)
s.sendto(b"\\x12\\x34\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0" + name + b"\\0\\1\\0\\1", ("203.0.113.7", 53)); s.recv(512)
X
ip netns exec far python3 server.py &
serve 443 "ip netns exec far"; till open camera 203.0.113.7 443
`;

let site: Site;
beforeEach(() => {
  site = new Site();
  site.policy(BY_NAME);
});
afterEach(() => site.close());

function marks(out: string): readonly string[] {
  return out.split('\n').filter((line) => line.startsWith('='));
}

describe.skipIf(MISSING !== undefined)('watch --enforce-names', () => {
  test('lets a device reach what it was told of its name, and nothing by another name', () => {
    const { out } = site.run(`${ANSWERS}
      portolan apply --yes --detach; portolan confirm
      open camera 203.0.113.7 443 || echo "= not yet"
      portolan watch -i iot0 --enforce-names --no-alerts --no-store & WATCH=$!
      listening() { [ "$(wc -l </proc/net/packet)" -gt 1 ]; }
      till listening; sleep 2
      ip netns exec camera python3 ask.py elsewhere.example; sleep 2
      open camera 203.0.113.7 443 || echo "= another name lets nobody in"
      ip netns exec camera python3 ask.py cloud.example
      till open camera 203.0.113.7 443 && echo "= open"
      nft list table inet portolan | grep -q '203.0.113.7 timeout' && echo "= for a while"
      portolan firewall drift; echo "= drift $?"
      pkill -TERM -P $WATCH; wait $WATCH; echo "= $?"`);
    expect(out).toContain('cloud.example: 203.0.113.7 is also elsewhere.example');
    expect(marks(out), out).toEqual([
      '= not yet',
      '= another name lets nobody in',
      '= open',
      '= for a while',
      '= drift 0',
      '= 143',
    ]);
  });

  test('is for live traffic only', () => {
    const { out } = site.run('portolan watch -r some.pcap --enforce-names; echo "= $?"');
    expect(out).toContain('--enforce-names is for live traffic');
    expect(marks(out)).toEqual(['= 2']);
  });
});
