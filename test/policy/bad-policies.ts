/** Read without a word. */
export const GOOD = `version: 1
zones:
  iot: { interfaces: br-iot, networks: [192.168.20.0/24, fd00:20::/64], default: deny }
  lan: { interfaces: eth1, networks: 192.168.1.0/24 }
  wan: { interfaces: wan, internet: true }
endpoints:
  bulb: { device: 7f3k, state: trial }
  cloud: { names: mq.example.com }
  srv: { networks: 192.168.1.10 }
  all: { members: [bulb, srv] }
services:
  web: { protocol: tcp, ports: [80, 8000-9000] }
rules:
  - id: r1
    from: bulb
    to: cloud
    service: web
    action: allow
    expires: 2026-12-01T10:00Z
nat:
  forwards:
    - { id: f1, in: wan, port: 8443, to: srv }
`;

/** What part of it is replaced by what, or another text. */
export type Change = readonly [string, string] | string;

/** What is wrong, how it comes about, and all that is said of it. */
export const BAD: readonly (readonly [sentence: string, change: Change, said: string])[] = [
  [
    'no YAML',
    'zones: {',
    'p.yaml:1:9: is no YAML: Flow map in block collection must be sufficiently indented and end with a }',
  ],
  ['a key twice', 'version: 1\nversion: 1\n', 'p.yaml:2:1: the key "version" twice'],
  ['two documents', 'version: 1\n---\nversion: 1\n', 'p.yaml:2:1: a second document'],
  ['a list', '- a', 'p.yaml:1:1: a map of keys is expected, not a list'],
  ['a word', 'policy', 'p.yaml:1:1: a map of keys is expected, not "policy"'],
  [
    'another version',
    ['version: 1', 'version: 2'],
    'p.yaml:1:10: version: this portolan reads policies of version 1',
  ],
  [
    'an unknown section',
    ['zones:', 'zonse:'],
    'p.yaml:2:1: unknown key "zonse". Did you mean "zones"?',
  ],
  [
    'an unknown key of a rule',
    ['    action: allow', '    acton: allow'],
    'p.yaml:18:5: rule r1: unknown key "acton". Did you mean "action"?',
  ],
  [
    'an unknown key like no other',
    ['    action', '    zzzzzz: 1\n    action'],
    'p.yaml:18:5: rule r1: unknown key "zzzzzz". Known are id, from, to, fromZone, toZone, family, service, action, side, rate, connections, log, expires, origin, note',
  ],
  [
    'a key from an object’s ancestry',
    ['  lan:', '  __proto__:'],
    'p.yaml:4:3: "__proto__" cannot be a name',
  ],
  ['a key that is no text', ['  lan:', '  ? [1]\n  :'], 'p.yaml:4:5: a key that is no text'],
  [
    'a name of digits',
    ['  lan:', '  "10":'],
    'p.yaml:4:9: zones "10": a name of digits only is read as a number',
  ],
  [
    'a name with a meaning',
    ['  bulb:', '  any:'],
    'p.yaml:7:8: endpoints "any": "any", "self", and what begins with zone:, net: or name: have a meaning of their own',
  ],
  ['a rule without an id', ['  - id: r1\n    from', '  - from'], 'p.yaml:14:5: id: is missing'],
  [
    'an id of the wrong form',
    ['id: r1', 'id: Rule 1'],
    'p.yaml:14:9: id: is no id: a small letter, then at most 39 small letters, digits, _ and -',
  ],
  [
    'an id of ours',
    ['id: r1', 'id: ptl-1'],
    'p.yaml:14:9: rule ptl-1: id: ids that begin with ptl- are those of rules that we add',
  ],
  ['an id twice', ['id: f1', 'id: r1'], 'p.yaml:22:13: rule r1: id: another one has this id'],
  [
    'an action with a typing error',
    ['action: allow', 'action: alow'],
    'p.yaml:18:13: rule r1: action: "alow" is not one of allow, deny, reject. Did you mean "allow"?',
  ],
  [
    'a rule without an action',
    ['    action: allow\n', ''],
    'p.yaml:14:5: rule r1: action: is missing: one of allow, deny, reject',
  ],
  [
    'a list where one is expected',
    ['to: cloud', 'to: [cloud, srv]'],
    'p.yaml:16:9: rule r1: to: one is expected, not a list: make a group (endpoints) or a service of them',
  ],
  [
    'a port alone as a service',
    ['service: web', 'service: "443"'],
    'p.yaml:17:14: rule r1: service: there is no service "443". Did you mean "tcp/443"?',
  ],
  [
    'a number as a service',
    ['service: web', 'service: 443'],
    'p.yaml:17:14: rule r1: service: 443 is read as a number: put it in quotes',
  ],
  [
    'an unknown service',
    ['service: web', 'service: wbe'],
    'p.yaml:17:14: rule r1: service: there is no service "wbe". Did you mean "web"?',
  ],
  [
    'a service like no other',
    ['service: web', 'service: gopher'],
    'p.yaml:17:14: rule r1: service: there is no service "gopher": write tcp/8883, udp/53,5353, icmp/8 or any',
  ],
  [
    'an unknown endpoint',
    ['from: bulb', 'from: blub'],
    'p.yaml:15:11: rule r1: from: there is no endpoint "blub". Did you mean "bulb"?',
  ],
  [
    'a zone as an endpoint',
    ['from: bulb', 'from: iot'],
    'p.yaml:15:11: rule r1: from: there is no endpoint "iot". Did you mean "zone:iot"?',
  ],
  [
    'an address as an endpoint',
    ['from: bulb', 'from: 10.0.0.1'],
    'p.yaml:15:11: rule r1: from: there is no endpoint "10.0.0.1". Did you mean "net:10.0.0.1"?',
  ],
  [
    'an unknown zone',
    ['from: bulb', 'from: zone:ito'],
    'p.yaml:15:11: rule r1: from: there is no zone "ito". Did you mean "iot"?',
  ],
  [
    'an unknown zone of an end',
    ['    to: cloud', '    toZone: wna\n    to: cloud'],
    'p.yaml:16:13: rule r1: toZone: there is no zone "wna". Did you mean "wan"?',
  ],
  [
    'the router as a source',
    ['from: bulb', 'from: self'],
    'p.yaml:15:11: rule r1: from: what the router itself sends is not judged, so "self" cannot be where a rule begins',
  ],
  [
    'a network that is none',
    ['from: bulb', 'from: net:10.0.0.0/33'],
    'p.yaml:15:11: rule r1: from: "10.0.0.0/33" is no network such as 192.168.1.0/24 or fd00:20::/64',
  ],
  [
    'a network with host bits',
    ['192.168.20.0/24', '192.168.20.5/24'],
    'p.yaml:3:41: networks 1: "192.168.20.5/24" has host bits set: the network is 192.168.20.0/24',
  ],
  [
    'an address with a zone',
    ['srv: { networks: 192.168.1.10 }', 'srv: { networks: "fe80::1%eth0" }'],
    'p.yaml:9:20: networks: "fe80::1%eth0" is no network such as 192.168.1.0/24 or fd00:20::/64',
  ],
  [
    'a name that is an address',
    ['names: mq.example.com', 'names: 192.0.2.1'],
    'p.yaml:8:19: names: "192.0.2.1" is no DNS name',
  ],
  [
    'a wildcard in the middle',
    ['names: mq.example.com', 'names: mq.*.com'],
    'p.yaml:8:19: names: "mq.*.com" is no DNS name',
  ],
  [
    'an interface with a blank',
    ['interfaces: wan', 'interfaces: "wan; reboot"'],
    'p.yaml:5:22: interfaces: is no name of an interface',
  ],
  [
    'a map where a list is expected',
    ['interfaces: wan', 'interfaces: {}'],
    'p.yaml:5:22: interfaces: a list or text is expected, not a map',
  ],
  [
    'a port that does not exist',
    ['8000-9000', '80000'],
    'p.yaml:12:32: ports: "80000" is no port from 0 to 65535 and no range such as 8000-9000',
  ],
  [
    'a range from back to front',
    ['8000-9000', '9000-8000'],
    'p.yaml:12:32: ports: "9000-8000" is no port from 0 to 65535 and no range such as 8000-9000',
  ],
  [
    'ports of what has none',
    ['protocol: tcp', 'protocol: icmp'],
    'p.yaml:12:8: services "web": icmp has no ports',
  ],
  [
    'a protocol that does not exist',
    ['protocol: tcp', 'protocol: tpc'],
    'p.yaml:12:8: services "web": "tpc" is no protocol: tcp, udp, icmp, icmpv6, any, 0-255',
  ],
  [
    'a service in words that is none',
    ['{ protocol: tcp, ports: [80, 8000-9000] }', 'tpc/80'],
    'p.yaml:12:8: services "web": "tpc/80" is no service such as tcp/8883, udp/53,5353, icmp/8. Did you mean "tcp"?',
  ],
  [
    'a state with a typing error',
    ['state: trial', 'state: trail'],
    'p.yaml:7:32: state: "trail" is not one of observing, learned, trial, enforcing, quarantine. Did you mean "trial"?',
  ],
  [
    'an id of no device',
    ['device: 7f3k', 'device: "7f 3k"'],
    'p.yaml:7:19: device: is no id of a device such as PTL-D-7F3K',
  ],
  [
    'a device twice',
    ['srv: { networks: 192.168.1.10 }', 'srv: { device: 7F3K }'],
    'p.yaml:9:18: device: PTL-D-7F3K is the endpoint "bulb" already',
  ],
  [
    'an endpoint of two kinds',
    ['state: trial }', 'names: a.example }'],
    'p.yaml:7:9: endpoints "bulb": an endpoint of kind device has no "names"',
  ],
  [
    'an endpoint of no kind',
    ['{ names: mq.example.com }', '{}'],
    'p.yaml:8:10: endpoints "cloud": needs one of device, networks, names, members, selector',
  ],
  [
    'a member that is not there',
    ['[bulb, srv]', '[bulb, svr]'],
    'p.yaml:10:26: there is no endpoint "svr". Did you mean "srv"?',
  ],
  [
    'a group within itself',
    ['[bulb, srv]', '[bulb, all]'],
    'p.yaml:10:19: members: the group "all" is a member of itself',
  ],
  [
    'a moment that does not exist',
    ['2026-12-01T10:00Z', '2026-02-30T10:00Z'],
    'p.yaml:19:14: rule r1: expires: "2026-02-30T10:00Z" is no moment such as 2026-12-01T10:00Z',
  ],
  [
    'a rate that is none',
    ['    action: allow', '    action: allow\n    rate: 20/fortnight'],
    'p.yaml:19:11: rule r1: rate: "20/fortnight" is no rate such as 20/second',
  ],
  [
    'a limit of nothing',
    ['    action: allow', '    action: allow\n    connections: 0'],
    'p.yaml:19:18: rule r1: connections: is less than 1',
  ],
  [
    'a truth that is a word',
    ['internet: true', 'internet: yes'],
    'p.yaml:5:37: internet: true or false is expected, not "yes"',
  ],
  [
    'an interface in two zones',
    ['interfaces: eth1', 'interfaces: br-iot'],
    'p.yaml:4:22: the interface "br-iot" is in the zone "iot" already',
  ],
  [
    'a network in two zones',
    ['networks: 192.168.1.0/24', 'networks: 192.168.0.0/16'],
    'p.yaml:4:38: 192.168.20.0/24 is in the zone "iot" too',
  ],
  [
    'a zone of nothing',
    ['{ interfaces: eth1, networks: 192.168.1.0/24 }', '{}'],
    'p.yaml:4:8: the zone "lan" has neither interfaces nor networks',
  ],
  [
    'a zone that denies nobody knows where',
    ['interfaces: br-iot, ', ''],
    'p.yaml:3:62: a zone that denies needs its interfaces',
  ],
  [
    'a hairpin without the outside address',
    ['to: srv }', 'to: srv, hairpin: true }'],
    'p.yaml:22:56: rule f1: hairpin: hairpin needs "external", the router’s own address outside',
  ],
  [
    'a forward to several machines',
    ['to: srv }', 'to: all }'],
    'p.yaml:22:42: rule f1: to: "all" is not one machine: a device, or net: with one address',
  ],
  [
    'a forward from a port that does not exist',
    ['port: 8443', 'port: 0'],
    'p.yaml:22:32: rule f1: port: is less than 1',
  ],
  [
    'masquerade of a zone without networks',
    ['nat:\n', 'nat:\n  masquerade: { from: wan, out: wan }\n'],
    'p.yaml:21:15: the zone "wan" names no networks, so nobody knows whom to translate',
  ],
  [
    'an unknown administrator',
    ['nat:', 'guard: { admins: me }\nnat:'],
    'p.yaml:20:18: there is no endpoint "me"',
  ],
  [
    'a test that expects nothing',
    ['nat:', 'tests: { from: any, to: any, service: any }\nnat:'],
    'p.yaml:20:8: expect: is missing: one of allow, deny',
  ],
  ['an alias of nothing', ['from: bulb', 'from: *b'], 'p.yaml:15:11: an alias of nothing'],
];
