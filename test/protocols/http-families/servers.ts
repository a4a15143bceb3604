import { access, attribute, detail } from '../../../src/protocols/shared/facts.ts';
import type { Example } from './example.ts';
import { answer, JSON_TYPE, titled, untrustedUuid } from './example.ts';

/** Hubs, stores, routers, cameras, printers. */
export const SERVERS: readonly Example[] = [
  {
    name: 'the hub',
    family: 'home-assistant',
    port: 8123,
    root: answer(titled('Home Assistant')),
    facts: [attribute('vendor', 'Home Assistant'), attribute('kind', 'hub')],
  },
  {
    name: 'the frontend of a bridge',
    family: 'zigbee2mqtt',
    port: 8080,
    root: answer(titled('Zigbee2MQTT')),
    facts: [attribute('vendor', 'Zigbee2MQTT'), attribute('kind', 'bridge')],
  },
  {
    name: 'an editor that everybody may use',
    family: 'node-red',
    port: 1880,
    root: answer(titled('Node-RED')),
    document: [
      '/settings',
      answer('{"httpNodeRoot":"/","version":"3.1.0","context":{"default":"memory"}}', JSON_TYPE),
    ],
    facts: [detail('product', 'Node-RED 3.1.0'), access('open')],
  },
  {
    name: 'an editor behind a login',
    family: 'node-red',
    port: 1880,
    root: answer(titled('Node-RED')),
    document: ['/settings', answer('Unauthorized', [], '401 Unauthorized')],
    facts: [detail('product', 'Node-RED'), access('credentials')],
  },
  {
    name: 'a print server that sends strangers to its login',
    family: 'octoprint',
    port: 80,
    root: answer(
      '',
      ['Location: http://192.0.2.7/login/?redirect=%2F&permissions=STATUS%2CSETTINGS_READ'],
      '302 FOUND',
    ),
    facts: [detail('product', 'OctoPrint'), attribute('kind', '3D printer'), access('credentials')],
  },
  {
    name: 'a dashboard that redirects to its login',
    family: 'grafana',
    port: 3000,
    root: answer('', ['Location: /login'], '302 Found'),
    document: [
      '/api/health',
      answer('{"commit":"abc","database":"ok","version":"10.2.0"}', JSON_TYPE),
    ],
    facts: [detail('product', 'Grafana 10.2.0')],
  },
  {
    name: 'a media centre whose page is a remote control',
    family: 'kodi',
    port: 8080,
    root: answer(titled('Kodi')),
    facts: [attribute('vendor', 'Kodi'), attribute('kind', 'media player'), access('open')],
  },
  {
    name: 'a NAS with a name',
    family: 'synology',
    port: 5000,
    root: answer(titled('Cellar&nbsp;-&nbsp;Synology&nbsp;DiskStation')),
    facts: [
      attribute('vendor', 'Synology'),
      attribute('name', 'Cellar'),
      attribute('kind', 'nas'),
      attribute('os', 'DSM'),
    ],
  },
  {
    name: 'a NAS by its title',
    family: 'qnap',
    port: 8080,
    root: answer(titled('QNAP Turbo NAS'), ['Server: http server 1.0']),
    facts: [attribute('vendor', 'QNAP'), attribute('kind', 'nas')],
  },
  {
    name: 'a router with its box information',
    family: 'fritzbox',
    port: 80,
    root: answer(titled('FRITZ!Box')),
    document: [
      '/jason_boxinfo.xml',
      answer(
        '<j:BoxInfo xmlns:j="http://jason.avm.de/updatecheck/"><j:Name>FRITZ!Box 7590</j:Name><j:HW>226</j:HW><j:Version>154.07.57</j:Version><j:Revision>102505</j:Revision><j:Serial>3C37120A0B0C</j:Serial></j:BoxInfo>',
        ['Content-Type: text/xml'],
      ),
    ],
    facts: [
      attribute('vendor', 'AVM'),
      attribute('model', 'FRITZ!Box 7590'),
      attribute('hardware', '226'),
      attribute('firmware', '154.07.57'),
      attribute('serial', '3C37120A0B0C'),
      attribute('kind', 'router'),
    ],
  },
  {
    name: 'a router by where its page leads',
    family: 'openwrt',
    port: 80,
    root: answer(
      '<html><head><meta http-equiv="refresh" content="0; URL=cgi-bin/luci/" /></head><body>LuCI - Lua Configuration Interface</body></html>',
    ),
    facts: [attribute('vendor', 'OpenWrt'), attribute('kind', 'router'), attribute('os', 'Linux')],
  },
  {
    name: 'a router that tells its version before the login',
    family: 'mikrotik',
    port: 80,
    root: answer(titled('RouterOS router configuration page', '<h1>RouterOS v6.48.6</h1>')),
    facts: [
      attribute('vendor', 'MikroTik'),
      attribute('firmware', '6.48.6'),
      attribute('kind', 'router'),
      attribute('os', 'RouterOS'),
    ],
  },
  {
    name: 'the network application',
    family: 'unifi',
    port: 8443,
    root: answer('', ['Location: /manage'], '302 Found'),
    document: [
      '/status',
      answer(
        '{"meta":{"rc":"ok","up":true,"server_version":"7.3.83","uuid":"4be3a6c1-1111-4222-8333-944455556666"},"data":[]}',
        JSON_TYPE,
      ),
    ],
    facts: [
      attribute('vendor', 'Ubiquiti'),
      detail('product', 'UniFi Network 7.3.83'),
      untrustedUuid('4be3a6c1-1111-4222-8333-944455556666'),
    ],
  },
  {
    name: 'a router by the realm of its login',
    family: 'tp-link',
    port: 80,
    root: answer(
      '',
      ['Server: Router Webserver', 'WWW-Authenticate: Basic realm="TP-LINK Router TL-WR841N"'],
      '401 N/A',
    ),
    facts: [
      attribute('vendor', 'TP-Link'),
      attribute('model', 'TL-WR841N'),
      attribute('kind', 'router'),
    ],
  },
  {
    name: 'a camera by its server and realm',
    family: 'hikvision',
    port: 80,
    root: answer(
      '',
      ['Server: App-webs/', 'WWW-Authenticate: Digest qop="auth", realm="DS-2CD2032-I", nonce="1"'],
      '401 Unauthorized',
    ),
    facts: [
      attribute('vendor', 'Hikvision'),
      attribute('model', 'DS-2CD2032-I'),
      attribute('kind', 'camera'),
    ],
  },
  {
    name: 'a recorder by its server',
    family: 'hikvision',
    port: 80,
    root: answer(titled(''), ['Server: DNVRS-Webs']),
    facts: [attribute('vendor', 'Hikvision'), attribute('kind', 'video recorder')],
  },
  {
    name: 'a camera that tells its serial number to strangers',
    family: 'dahua',
    port: 80,
    root: answer(
      '',
      ['WWW-Authenticate: Digest realm="Login to 4C0A1D2PAGB1234", qop="auth", nonce="1"'],
      '401 Unauthorized',
    ),
    facts: [
      attribute('vendor', 'Dahua'),
      attribute('serial', '4C0A1D2PAGB1234'),
      attribute('kind', 'camera'),
    ],
  },
  {
    name: 'a camera by its realm',
    family: 'axis',
    port: 80,
    root: answer(
      '',
      ['WWW-Authenticate: Digest realm="AXIS_ACCC8E123456", nonce="1"'],
      '401 Unauthorized',
    ),
    facts: [
      attribute('vendor', 'Axis'),
      attribute('serial', 'ACCC8E123456'),
      attribute('kind', 'camera'),
    ],
  },
  {
    name: 'a camera of no maker',
    family: 'ip-camera',
    port: 81,
    root: answer(titled('IPCam Client')),
    facts: [attribute('kind', 'camera')],
  },
  {
    name: 'a printer whose server tells model and serial number',
    family: 'hp-printer',
    port: 80,
    root: answer(titled('HP OfficeJet Pro 8710'), [
      'Server: HP HTTP Server; HP OfficeJet Pro 8710 - D9L18A; Serial Number: CN6AB1C2D3; Built: Mon Jan 2017',
    ]),
    facts: [
      attribute('vendor', 'HP'),
      attribute('model', 'HP OfficeJet Pro 8710'),
      attribute('hardware', 'D9L18A'),
      attribute('serial', 'CN6AB1C2D3'),
      attribute('kind', 'printer'),
    ],
  },
  {
    name: 'a printer by its server and title',
    family: 'printer',
    port: 80,
    root: answer(titled('Brother HL-L2350DW series'), ['Server: debut/1.30']),
    facts: [
      attribute('vendor', 'Brother'),
      attribute('model', 'Brother HL-L2350DW series'),
      attribute('kind', 'printer'),
    ],
  },
];
