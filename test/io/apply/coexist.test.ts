import { describe, expect, test } from 'vitest';
import { coexistence } from '../../../src/io/apply/coexist.ts';

const DOCKER = `table ip nat {
	chain DOCKER {
		iifname != "docker0" tcp dport 8080 counter dnat to 172.17.0.2:80
	}
}
table ip filter {
	chain DOCKER {
	}
	chain FORWARD {
		type filter hook forward priority filter; policy drop;
		counter jump DOCKER-USER
	}
}
`;
const FW4 = `table inet fw4 {
	flowtable ft {
		hook ingress priority filter
		devices = { br-lan, wan }
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
		meta l4proto { tcp, udp } flow add @ft
	}
}
`;

describe('others on the machine', () => {
  test.each([
    [
      'Docker, which drops what it does not know, and forwards ports',
      DOCKER,
      ['Docker'],
      [/ip filter FORWARD drops/, /forwarded by others/],
    ],
    [
      'OpenWrt with offloading',
      FW4,
      ['OpenWrt firewall4'],
      [/inet fw4 forward drops/, /flowtable/],
    ],
    ['firewalld', 'table inet firewalld {\n}\n', ['firewalld'], []],
    [
      'Tailscale beside ufw',
      'table ip filter {\n\tchain ts-forward {\n\t}\n\tchain ufw-before-input {\n\t}\n}\n',
      ['ufw', 'Tailscale'],
      [],
    ],
    [
      'a chain that skips tracking',
      'table ip raw {\n\tchain c {\n\t\ttype filter hook prerouting priority raw; policy accept;\n\t\tudp dport 53 notrack\n\t}\n}\n',
      [],
      [/tracking/],
    ],
    ['nobody', '', [], []],
  ] as const)('%s', (_, ruleset, owners, warnings) => {
    const found = coexistence(ruleset);
    expect(found.owners).toEqual(owners);
    expect(found.warnings.length).toBe(warnings.length);
    for (const [index, warning] of warnings.entries()) {
      expect(found.warnings[index]).toMatch(warning);
    }
  });

  test('chains are told with their hook, priority and policy', () => {
    expect(coexistence(DOCKER).chains).toEqual([
      { table: 'ip filter', name: 'FORWARD', hook: 'forward', priority: 'filter', policy: 'drop' },
    ]);
  });
});
