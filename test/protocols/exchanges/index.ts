import type { Exchange } from '../fixtures.ts';
import { exchanges as adb } from './adb.ts';
import { exchanges as amqp } from './amqp.ts';
import { exchanges as ams } from './ams.ts';
import { exchanges as atg } from './atg.ts';
import { exchanges as bacnet } from './bacnet.ts';
import { exchanges as bgp } from './bgp.ts';
import { exchanges as bitcoin } from './bitcoin.ts';
import { exchanges as bittorrent } from './bittorrent.ts';
import { exchanges as c1222 } from './c1222.ts';
import { exchanges as cassandra } from './cassandra.ts';
import { exchanges as cdp } from './cdp.ts';
import { exchanges as coap } from './coap.ts';
import { exchanges as cotp } from './cotp.ts';
import { exchanges as dcerpc } from './dcerpc.ts';
import { exchanges as dhcp } from './dhcp.ts';
import { exchanges as dhcpv6 } from './dhcpv6.ts';
import { exchanges as dnp3 } from './dnp3.ts';
import { exchanges as dns } from './dns.ts';
import { exchanges as dtls } from './dtls.ts';
import { exchanges as egd } from './egd.ts';
import { exchanges as enip } from './enip.ts';
import { exchanges as esphomeApi } from './esphome-api.ts';
import { exchanges as ethersio } from './ethersio.ts';
import { exchanges as fins } from './fins.ts';
import { exchanges as ftp } from './ftp.ts';
import { exchanges as ftpData } from './ftp-data.ts';
import { exchanges as git } from './git.ts';
import { exchanges as gtp } from './gtp.ts';
import { exchanges as hartIp } from './hart-ip.ts';
import { exchanges as http } from './http.ts';
import { exchanges as iec104 } from './iec104.ts';
import { exchanges as ike } from './ike.ts';
import { exchanges as imap } from './imap.ts';
import { exchanges as impostors } from './impostors.ts';
import { exchanges as irc } from './irc.ts';
import { exchanges as jetdirect } from './jetdirect.ts';
import { exchanges as kafka } from './kafka.ts';
import { exchanges as kerberos } from './kerberos.ts';
import { exchanges as knxip } from './knxip.ts';
import { exchanges as l2tp } from './l2tp.ts';
import { exchanges as ldap } from './ldap.ts';
import { exchanges as lldp } from './lldp.ts';
import { exchanges as llmnr } from './llmnr.ts';
import { exchanges as lpd } from './lpd.ts';
import { exchanges as matter } from './matter.ts';
import { exchanges as mdns } from './mdns.ts';
import { exchanges as melsec } from './melsec.ts';
import { exchanges as memcached } from './memcached.ts';
import { exchanges as merakicloud } from './merakicloud.ts';
import { exchanges as miio } from './miio.ts';
import { exchanges as mms } from './mms.ts';
import { exchanges as modbus } from './modbus.ts';
import { exchanges as mongodb } from './mongodb.ts';
import { exchanges as mqtt } from './mqtt.ts';
import { exchanges as mysql } from './mysql.ts';
import { exchanges as natPmp } from './nat-pmp.ts';
import { exchanges as nats } from './nats.ts';
import { exchanges as nbns } from './nbns.ts';
import { exchanges as netbiosDgm } from './netbios-dgm.ts';
import { exchanges as netflow } from './netflow.ts';
import { exchanges as ntp } from './ntp.ts';
import { exchanges as opcua } from './opcua.ts';
import { exchanges as openvpn } from './openvpn.ts';
import { exchanges as pcp } from './pcp.ts';
import { exchanges as pnDcp } from './pn-dcp.ts';
import { exchanges as pop3 } from './pop3.ts';
import { exchanges as postgresql } from './postgresql.ts';
import { exchanges as pptp } from './pptp.ts';
import { exchanges as quic } from './quic.ts';
import { exchanges as radius } from './radius.ts';
import { exchanges as rdp } from './rdp.ts';
import { exchanges as redis } from './redis.ts';
import { exchanges as rpcbind } from './rpcbind.ts';
import { exchanges as rsync } from './rsync.ts';
import { exchanges as rtp } from './rtp.ts';
import { exchanges as rtps } from './rtps.ts';
import { exchanges as rtsp } from './rtsp.ts';
import { exchanges as s7comm } from './s7comm.ts';
import { exchanges as s7commPlus } from './s7comm-plus.ts';
import { exchanges as sflow } from './sflow.ts';
import { exchanges as sip } from './sip.ts';
import { exchanges as smb } from './smb.ts';
import { exchanges as smtp } from './smtp.ts';
import { exchanges as snmp } from './snmp.ts';
import { exchanges as socks4 } from './socks4.ts';
import { exchanges as socks5 } from './socks5.ts';
import { exchanges as someip } from './someip.ts';
import { exchanges as ssdp } from './ssdp.ts';
import { exchanges as ssh } from './ssh.ts';
import { exchanges as stomp } from './stomp.ts';
import { exchanges as stratum } from './stratum.ts';
import { exchanges as stun } from './stun.ts';
import { exchanges as synphasor } from './synphasor.ts';
import { exchanges as syslog } from './syslog.ts';
import { exchanges as tacacs } from './tacacs.ts';
import { exchanges as telnet } from './telnet.ts';
import { exchanges as tftp } from './tftp.ts';
import { exchanges as thrift } from './thrift.ts';
import { exchanges as tls } from './tls.ts';
import { exchanges as tplinkKasa } from './tplink-kasa.ts';
import { exchanges as tuya } from './tuya.ts';
import { exchanges as ubiquiti } from './ubiquiti.ts';
import { exchanges as uftp } from './uftp.ts';
import { exchanges as vnc } from './vnc.ts';
import { exchanges as websocket } from './websocket.ts';
import { exchanges as wireguard } from './wireguard.ts';
import { exchanges as wsDiscovery } from './ws-discovery.ts';
import { exchanges as x11 } from './x11.ts';
import { exchanges as xmpp } from './xmpp.ts';
import { exchanges as zabbixAgent } from './zabbix-agent.ts';

/** A file for each protocol, and the impostors, which belong to nobody. */
export const EXCHANGES: readonly Exchange[] = [
  ...impostors,
  ...adb,
  ...amqp,
  ...ams,
  ...atg,
  ...bacnet,
  ...bgp,
  ...bitcoin,
  ...bittorrent,
  ...c1222,
  ...cassandra,
  ...cdp,
  ...coap,
  ...cotp,
  ...dcerpc,
  ...dhcp,
  ...dhcpv6,
  ...dnp3,
  ...dns,
  ...dtls,
  ...egd,
  ...enip,
  ...esphomeApi,
  ...ethersio,
  ...fins,
  ...ftp,
  ...ftpData,
  ...git,
  ...gtp,
  ...hartIp,
  ...http,
  ...iec104,
  ...ike,
  ...imap,
  ...irc,
  ...jetdirect,
  ...kafka,
  ...kerberos,
  ...knxip,
  ...l2tp,
  ...ldap,
  ...lldp,
  ...llmnr,
  ...lpd,
  ...matter,
  ...mdns,
  ...melsec,
  ...memcached,
  ...merakicloud,
  ...miio,
  ...mms,
  ...modbus,
  ...mongodb,
  ...mqtt,
  ...mysql,
  ...natPmp,
  ...nats,
  ...nbns,
  ...netbiosDgm,
  ...netflow,
  ...ntp,
  ...opcua,
  ...openvpn,
  ...pcp,
  ...pnDcp,
  ...pop3,
  ...postgresql,
  ...pptp,
  ...quic,
  ...radius,
  ...rdp,
  ...redis,
  ...rpcbind,
  ...rsync,
  ...rtp,
  ...rtps,
  ...rtsp,
  ...s7comm,
  ...s7commPlus,
  ...sflow,
  ...sip,
  ...smb,
  ...smtp,
  ...snmp,
  ...socks4,
  ...socks5,
  ...someip,
  ...ssdp,
  ...ssh,
  ...stomp,
  ...stratum,
  ...stun,
  ...synphasor,
  ...syslog,
  ...tacacs,
  ...telnet,
  ...tftp,
  ...thrift,
  ...tls,
  ...tplinkKasa,
  ...tuya,
  ...ubiquiti,
  ...uftp,
  ...vnc,
  ...websocket,
  ...wireguard,
  ...wsDiscovery,
  ...x11,
  ...xmpp,
  ...zabbixAgent,
];
