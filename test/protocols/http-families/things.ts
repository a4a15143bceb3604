import { access, attribute, detail } from '../../../src/protocols/shared/facts.ts';
import type { Example } from './example.ts';
import { answer, JSON_TYPE, NOT_FOUND, titled, untrustedUuid } from './example.ts';

/** Lamps, plugs, players, accessories. */
export const THINGS: readonly Example[] = [
  {
    name: 'a bridge, asked without a user',
    family: 'hue',
    port: 80,
    root: answer(titled('hue personal wireless lighting'), ['Server: nginx']),
    document: [
      '/api/config',
      answer(
        '{"name":"Philips hue","datastoreversion":"131","swversion":"1953188020","apiversion":"1.53.0","mac":"00:17:88:aa:bb:cc","bridgeid":"001788FFFEAABBCC","factorynew":false,"replacesbridgeid":null,"modelid":"BSB002","starterkitid":""}',
        JSON_TYPE,
      ),
    ],
    facts: [
      attribute('vendor', 'Philips Hue'),
      attribute('model', 'Hue Bridge BSB002'),
      attribute('firmware', '1953188020'),
      attribute('serial', '001788FFFEAABBCC'),
      attribute('name', 'Philips hue'),
      attribute('kind', 'bridge'),
    ],
  },
  {
    name: 'a relay of the first generation behind a login',
    family: 'shelly',
    port: 80,
    root: answer('', ['WWW-Authenticate: Basic realm="shelly1-25A73E"'], '401 Unauthorized'),
    document: [
      '/shelly',
      answer(
        '{"type":"SHSW-1","mac":"CC50E325A73E","auth":true,"fw":"20230913-112003/v1.14.0-gcb84623","longid":1}',
        JSON_TYPE,
      ),
    ],
    facts: [
      attribute('vendor', 'Shelly'),
      attribute('model', 'SHSW-1'),
      attribute('firmware', '20230913-112003/v1.14.0-gcb84623'),
      attribute('kind', 'relay'),
      detail('generation', '1'),
      detail('mac', 'CC50E325A73E'),
      access('credentials'),
    ],
  },
  {
    name: 'a relay of the third generation, open',
    family: 'shelly',
    port: 80,
    root: answer('x', ['Server: ShellyHTTP/1.0.0', 'Content-Encoding: gzip']),
    document: [
      '/shelly',
      answer(
        '{"name":"Mini switch","id":"shelly1minig3-543204547478","mac":"543204547478","slot":0,"model":"S3SW-001X8EU","gen":3,"fw_id":"20231121-110944/1.1.99-minig3prod1-ga898543","ver":"1.1.99-minig3prod1","app":"Mini1G3","auth_en":false,"auth_domain":null}',
        JSON_TYPE,
      ),
    ],
    facts: [
      attribute('vendor', 'Shelly'),
      attribute('model', 'Mini1G3'),
      attribute('hardware', 'S3SW-001X8EU'),
      attribute('firmware', '1.1.99-minig3prod1'),
      attribute('name', 'Mini switch'),
      attribute('kind', 'relay'),
      detail('generation', '3'),
      detail('mac', '543204547478'),
      access('open'),
    ],
  },
  {
    name: 'a light that sends its page packed',
    family: 'wled',
    port: 80,
    root: answer(titled('WLED')),
    document: [
      '/json/info',
      answer(
        '{"ver":"0.14.0","vid":2312080,"leds":{"count":30},"name":"Shelf","brand":"WLED","product":"FOSS","arch":"esp32","mac":"e0e2e6000001"}',
        JSON_TYPE,
      ),
    ],
    facts: [
      attribute('vendor', 'WLED'),
      attribute('model', 'FOSS'),
      attribute('hardware', 'esp32'),
      attribute('firmware', '0.14.0'),
      attribute('name', 'Shelf'),
      attribute('kind', 'light'),
      detail('mac', 'e0e2e6000001'),
      access('open'),
    ],
  },
  {
    name: 'a node whose page switches everything',
    family: 'esphome',
    port: 80,
    root: answer(
      titled(
        'pump Web Server',
        '<esp-app></esp-app><script src="https://oi.esphome.io/v2/www.js">',
      ),
    ),
    facts: [attribute('vendor', 'ESPHome'), attribute('name', 'pump'), access('open')],
  },
  {
    name: 'a plug, by its front page alone',
    family: 'tasmota',
    port: 80,
    root: answer(titled('Tasmota - Main Menu', '<h3>Sonoff Basic</h3><h2>Lamp</h2>'), [
      'Server: Tasmota/13.4.0 (ESP8266EX)',
    ]),
    facts: [
      attribute('vendor', 'Tasmota'),
      attribute('model', 'Sonoff Basic'),
      attribute('hardware', 'ESP8266EX'),
      attribute('firmware', '13.4.0'),
      attribute('name', 'Lamp'),
      attribute('kind', 'relay'),
      access('open'),
    ],
  },
  {
    name: 'a player that lets every key be pressed',
    family: 'roku',
    port: 8060,
    root: answer('<root/>', ['Server: Roku/9.2.0 UPnP/1.0 Roku/9.2.0']),
    document: [
      '/query/device-info',
      answer(
        '<?xml version="1.0" encoding="UTF-8" ?>\n<device-info>\n<udn>29a40003-6807-10ef-800f-0805810a0b0c</udn>\n<serial-number>YY003J519951</serial-number>\n<vendor-name>Roku</vendor-name>\n<model-name>Roku 4</model-name>\n<model-number>4400X</model-number>\n<is-tv>false</is-tv>\n<user-device-name/>\n<friendly-device-name>Den</friendly-device-name>\n<software-version>7.2.0</software-version>\n</device-info>\n',
        ['Content-Type: text/xml'],
      ),
    ],
    facts: [
      attribute('vendor', 'Roku'),
      attribute('model', 'Roku 4'),
      attribute('hardware', '4400X'),
      attribute('firmware', '7.2.0'),
      attribute('serial', 'YY003J519951'),
      attribute('name', 'Den'),
      attribute('kind', 'media player'),
      untrustedUuid('29a40003-6807-10ef-800f-0805810a0b0c'),
      access('open'),
    ],
  },
  {
    name: 'a receiver, by its port and its empty root',
    family: 'googlecast',
    port: 8008,
    root: NOT_FOUND,
    document: [
      '/setup/eureka_info',
      answer(
        '{"build_version":"281627","cast_build_revision":"1.56.281627","name":"Living Room TV","detail":{"manufacturer":"Google Inc.","model_name":"Chromecast"},"ssdp_udn":"0a1b2c3d-1111-2222-3333-444455556666","version":12}',
        JSON_TYPE,
      ),
    ],
    facts: [
      attribute('vendor', 'Google Inc.'),
      attribute('model', 'Chromecast'),
      attribute('firmware', '1.56.281627'),
      attribute('name', 'Living Room TV'),
      attribute('kind', 'media player'),
      untrustedUuid('0a1b2c3d-1111-2222-3333-444455556666'),
      access('open'),
    ],
  },
  {
    name: 'a speaker, by its UPnP description',
    family: 'sonos',
    port: 1400,
    root: answer('', ['Server: Linux UPnP/1.0 Sonos/57.3-79200 (ZPS9)'], '403 Forbidden'),
    document: [
      '/xml/device_description.xml',
      answer(
        '<?xml version="1.0" encoding="utf-8" ?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceType>urn:schemas-upnp-org:device:ZonePlayer:1</deviceType><friendlyName>192.0.2.7 - Sonos Play:1</friendlyName><manufacturer>Sonos, Inc.</manufacturer><modelNumber>S1</modelNumber><modelName>Sonos Play:1</modelName><serialNum>5C-AA-FD-1A-0B-12:4</serialNum><UDN>uuid:RINCON_5CAAFD1A0B1201400</UDN></device></root>',
        ['Content-Type: text/xml'],
      ),
    ],
    facts: [
      attribute('vendor', 'Sonos, Inc.'),
      attribute('model', 'Sonos Play:1'),
      attribute('hardware', 'S1'),
      attribute('name', '192.0.2.7 - Sonos Play:1'),
      untrustedUuid('rincon_5caafd1a0b1201400'),
      detail('deviceType', 'urn:schemas-upnp-org:device:ZonePlayer:1'),
      attribute('kind', 'speaker'),
      access('open'),
    ],
  },
  {
    name: 'an accessory that wants to be paired first',
    family: 'homekit',
    port: 51_826,
    root: NOT_FOUND,
    document: [
      '/accessories',
      answer(
        '{"status":-70401}',
        ['Content-Type: application/hap+json'],
        '470 Connection Authorization Required',
      ),
    ],
    facts: [detail('api', 'HomeKit Accessory Protocol'), access('credentials')],
  },
];
