import type { Registry } from '../base/registry.ts';
import { registry } from '../base/registry.ts';
import { adb } from './adb.ts';
import { amqp } from './amqp.ts';
import { ams } from './ams.ts';
import { atg } from './atg.ts';
import { bacnet } from './bacnet.ts';
import { bgp } from './bgp.ts';
import { bitcoin } from './bitcoin.ts';
import { bittorrent } from './bittorrent.ts';
import { c1222 } from './c1222.ts';
import { cassandra } from './cassandra.ts';
import { cdp } from './cdp.ts';
import { coap } from './coap.ts';
import { cotp } from './cotp.ts';
import { dcerpc } from './dcerpc.ts';
import { dhcp } from './dhcp.ts';
import { dhcpv6 } from './dhcpv6.ts';
import { dnp3 } from './dnp3.ts';
import { dns } from './dns.ts';
import { dtls } from './dtls.ts';
import { egd } from './egd.ts';
import { enip } from './enip.ts';
import { esphomeApi } from './esphome-api.ts';
import { ethersio } from './ethersio.ts';
import { fins } from './fins.ts';
import { ftp } from './ftp.ts';
import { ftpData } from './ftp-data.ts';
import { git } from './git.ts';
import { gtp } from './gtp.ts';
import { hartIp } from './hart-ip.ts';
import { http } from './http.ts';
import { iec104 } from './iec104.ts';
import { ike } from './ike.ts';
import { imap } from './imap.ts';
import { irc } from './irc.ts';
import { jetdirect } from './jetdirect.ts';
import { kafka } from './kafka.ts';
import { kerberos } from './kerberos.ts';
import { knxip } from './knxip.ts';
import { l2tp } from './l2tp.ts';
import { ldap } from './ldap.ts';
import { lldp } from './lldp.ts';
import { llmnr } from './llmnr.ts';
import { lpd } from './lpd.ts';
import { matter } from './matter.ts';
import { mdns } from './mdns.ts';
import { melsec } from './melsec.ts';
import { memcached } from './memcached.ts';
import { merakicloud } from './merakicloud.ts';
import { miio } from './miio.ts';
import { mms } from './mms.ts';
import { modbus } from './modbus.ts';
import { mongodb } from './mongodb.ts';
import { mqtt } from './mqtt.ts';
import { mysql } from './mysql.ts';
import { natPmp } from './nat-pmp.ts';
import { nats } from './nats.ts';
import { nbns } from './nbns.ts';
import { netbiosDgm } from './netbios-dgm.ts';
import { netflow } from './netflow.ts';
import { ntp } from './ntp.ts';
import { opcua } from './opcua.ts';
import { openvpn } from './openvpn.ts';
import { pcp } from './pcp.ts';
import { pnDcp } from './pn-dcp.ts';
import { pop3 } from './pop3.ts';
import { postgresql } from './postgresql.ts';
import { pptp } from './pptp.ts';
import type { Protocol } from './protocol.ts';
import { quic } from './quic.ts';
import { radius } from './radius.ts';
import { rdp } from './rdp.ts';
import { redis } from './redis.ts';
import { rpcbind } from './rpcbind.ts';
import { rsync } from './rsync.ts';
import { rtp } from './rtp.ts';
import { rtps } from './rtps.ts';
import { rtsp } from './rtsp.ts';
import { s7comm } from './s7comm.ts';
import { s7commPlus } from './s7comm-plus.ts';
import { sflow } from './sflow.ts';
import { sip } from './sip.ts';
import { smb } from './smb.ts';
import { smtp } from './smtp.ts';
import { snmp } from './snmp.ts';
import { socks4 } from './socks4.ts';
import { socks5 } from './socks5.ts';
import { someip } from './someip.ts';
import { ssdp } from './ssdp.ts';
import { ssh } from './ssh.ts';
import { stomp } from './stomp.ts';
import { stratum } from './stratum.ts';
import { stun } from './stun.ts';
import { synphasor } from './synphasor.ts';
import { syslog } from './syslog.ts';
import { tacacs } from './tacacs.ts';
import { telnet } from './telnet.ts';
import { tftp } from './tftp.ts';
import { thrift } from './thrift.ts';
import { tls } from './tls.ts';
import { tplinkKasa } from './tplink-kasa.ts';
import { tuya } from './tuya.ts';
import { ubiquiti } from './ubiquiti.ts';
import { uftp } from './uftp.ts';
import { vnc } from './vnc.ts';
import { websocket } from './websocket.ts';
import { wireguard } from './wireguard.ts';
import { wsDiscovery } from './ws-discovery.ts';
import { x11 } from './x11.ts';
import { xmpp } from './xmpp.ts';
import { zabbixAgent } from './zabbix-agent.ts';

/** In the order in which they are tried where several could match. */
const members = registry([
  http,
  tls,
  rtsp,
  sip,
  websocket,
  ssdp,
  wsDiscovery,
  dns,
  mdns,
  llmnr,
  ssh,
  vnc,
  smb,
  rdp,
  adb,
  mysql,
  postgresql,
  redis,
  memcached,
  mongodb,
  ldap,
  snmp,
  ntp,
  stun,
  quic,
  rpcbind,
  nbns,
  dhcp,
  kerberos,
  radius,
  tftp,
  xmpp,
  nats,
  rsync,
  git,
  x11,
  socks5,
  zabbixAgent,
  imap,
  pop3,
  smtp,
  ftp,
  irc,
  telnet,
  jetdirect,
  lpd,
  syslog,
  mqtt,
  modbus,
  amqp,
  bacnet,
  coap,
  cotp,
  dnp3,
  dtls,
  enip,
  esphomeApi,
  fins,
  hartIp,
  iec104,
  knxip,
  matter,
  miio,
  opcua,
  s7comm,
  tplinkKasa,
  tuya,
  dhcpv6,
  lldp,
  pnDcp,
  cdp,
  ams,
  atg,
  bittorrent,
  c1222,
  dcerpc,
  egd,
  ethersio,
  ftpData,
  ike,
  kafka,
  melsec,
  merakicloud,
  mms,
  natPmp,
  pcp,
  netflow,
  s7commPlus,
  sflow,
  someip,
  stomp,
  synphasor,
  thrift,
  ubiquiti,
  uftp,
  bgp,
  bitcoin,
  cassandra,
  l2tp,
  openvpn,
  pptp,
  rtps,
  socks4,
  stratum,
  tacacs,
  wireguard,
  gtp,
  netbiosDgm,
  rtp,
]);

export const protocols: Registry<Protocol> = members;

export type ProtocolId = (typeof members.all)[number]['id'];
