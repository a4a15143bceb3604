/** Documents as the tools write them, by importer and by what is particular about them. */
export const SAMPLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  leases: {
    'IPv4 and IPv6': [
      '1795643200 02:00:00:00:00:11 192.168.1.50 front-camera 01:02:00:00:00:00:11',
      '1795643200 02:00:00:00:00:12 192.168.1.51 * *',
      '0 02:00:00:00:00:13 192.168.1.52 nas ff:12:34:56:78:00:01:00:01:2a:2b:2c:2d:02:00:00:00:00:13',
      'duid 00:01:00:01:2a:2b:2c:2d:02:00:00:00:00:01',
      '1795643200 305419896 fd00::50 nas 00:01:00:01:2a:2b:2c:2d:02:00:00:00:00:13',
      '1795643200 T305419897 fd00::51 * 00:03:00:01:02:00:00:00:00:14',
      '',
    ].join('\n'),
    'a router without a clock': '43200 02:00:00:00:00:11 192.168.1.50 front-camera *\n',
  },
  kea: {
    DHCPv4: [
      'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id',
      '192.168.1.60,02:00:00:00:00:21,01:02:00:00:00:00:21,3600,1795603600,1,0,0,plc.lab.,0,,0',
      '192.168.1.61,02:00:00:00:00:22,,3600,1795603600,1,0,0,a&#x2cb,0,{"k":"v"},0',
      '',
    ].join('\n'),
    DHCPv6: [
      'address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id',
      'fd00::60,00:03:00:01:02:00:00:00:00:21,3600,1795603600,1,1800,0,7,128,0,0,plc,02:00:00:00:00:21,0,,1,2,0',
      '',
    ].join('\n'),
  },
  neighbours: {
    'ip neigh': [
      '192.168.1.1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE',
      '192.168.1.7 dev eth0 FAILED',
      'fe80::1 dev eth0 lladdr 02:00:00:00:00:01 router STALE',
      '',
    ].join('\n'),
    'ip -s neigh':
      '192.168.1.1 dev eth0 lladdr 02:00:00:00:00:01 ref 1 used 0/0/0 probes 4 DELAY\n',
    'ip -j neigh':
      '[{"dst":"192.168.1.1","dev":"eth0","lladdr":"02:00:00:00:00:01","state":["REACHABLE"]},{"dst":"fe80::1","dev":"eth0","lladdr":"02:00:00:00:00:01","router":null,"state":["STALE"]},{}]\n',
    'ip -j -p neigh':
      '[ {\n        "dst": "192.168.1.1",\n        "dev": "eth0",\n        "lladdr": "02:00:00:00:00:01",\n        "state": [ "STALE" ]\n    } ]\n',
    '/proc/net/arp': [
      'IP address       HW type     Flags       HW address            Mask     Device',
      '192.168.1.1      0x1         0x2         02:00:00:00:00:01     *        eth0',
      '192.168.1.7      0x1         0x0         00:00:00:00:00:00     *        eth0',
      '',
    ].join('\n'),
    'arp -an of net-tools': '? (192.168.1.1) at 02:00:00:00:00:01 [ether] on eth0\n',
    'arp -an of BSD':
      '? (192.168.1.1) at 2:0:0:0:0:1 on en0 ifscope [ethernet]\n? (192.168.1.9) at (incomplete) on en0 ifscope [ethernet]\n',
  },
};
