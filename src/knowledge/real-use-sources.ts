import type { Citation } from './dossier.ts';

/** Where the entries of `real-uses.ts` were read. */
export const READ = {
  HUE: { document: 'AlCalzone/node-dtls-client issue 6', date: 'read 2026-11-22' },
  APNS: {
    document: 'Apple support article HT203609 (Apple Push Notification service)',
    date: 'read 2026-11-22',
  },
  CAST: {
    document: 'Gert van Dijk, Allow Google Chromecast in a host firewall, blog.g3rt.nl',
    date: 'read 2026-11-25',
  },
  ROKU: {
    document: 'cmbaughman, Enumerate Roku devices (gist 7d68e65d4f895bd25893a796e1113122)',
    date: 'read 2026-11-25',
  },
  HASS: { document: 'Home Assistant documentation, integration HTTP', date: 'read 2026-11-25' },
  ESPHOME: {
    document: 'ESPHome documentation, Native API Component, esphome.io/components/api',
    date: 'read 2026-11-25',
  },
  ESPHOME_OTA: {
    document: 'ESPHome documentation, OTA Updates, esphome.io/components/ota/esphome',
    date: 'read 2026-11-25',
  },
  TUYA: { document: 'jasonacox/tinytuya, tinytuya/core/const.py', date: 'read 2026-11-25' },
  KASA: { document: 'softScheck, Reverse Engineering the TP-Link HS110', date: '2016' },
  KASA_DISCOVERY: {
    document: 'python-kasa, kasa/discover.py (DISCOVERY_PORT; later versions DISCOVERY_PORT_2)',
    date: 'read 2026-11-25',
  },
  SONOS: {
    document: 'SoCo, soco/services.py (base address of UPnP actions)',
    date: 'read 2026-11-25',
  },
  ALEXA: {
    document:
      'Amazon, Alexa Smart Properties: network requirements and best practices (read in the Japanese edition)',
    date: 'read 2026-11-25',
  },
  NEST: { document: 'osmud/osmud, example/MUDFILE.NEST', date: 'read 2026-11-25' },
  ADB: { document: 'Home Assistant core, components/androidtv/const.py', date: 'read 2026-11-25' },
  AIRPLAY: {
    document: 'UxPlay 1.74, manual page uxplay(1), option -p (legacy ports of an AirPlay server)',
    date: 'read 2026-11-25',
  },
  UNIFI: {
    document:
      'openSUSE package unifi, unifi.xml, after Ubiquiti UniFi Ports Used (help article 218506997)',
    date: 'read 2026-11-25',
  },
  MIIO: { document: 'rytilahti/python-miio, miio/miioprotocol.py', date: 'read 2026-11-25' },
  DAHUA: { document: 'vov4uk/Dahua.Api, README (Dahua NetSDK, login)', date: 'read 2026-11-25' },
  XMEYE: { document: 'AlexxIT/go2rtc, internal/dvrip/README.md', date: 'read 2026-11-25' },
  EWELINK: {
    document: 'AlexxIT/SonoffLAN issues 928 and 1780 (local port)',
    date: 'read 2026-11-25',
  },
  NODE_RED: {
    document: 'node-red/node-red, packages/node_modules/node-red/settings.js (uiPort)',
    date: 'read 2026-11-25',
  },
  REOLINK: {
    document: 'home-assistant/core pull request 137603 (Reolink Basic Service Port)',
    date: 'read 2026-11-25',
  },
  HIKVISION: { document: 'vov4uk/Hik.Api, README (Hikvision SDK, login)', date: 'read 2026-11-25' },
  SYNOLOGY: {
    document: 'Synology Knowledge Center, What network ports are used by DSM services?',
    date: '2025-04-24',
  },
  FRITZ: { document: 'Home Assistant core, components/fritz/const.py', date: 'read 2026-11-25' },
  SAMSUNG: {
    document: 'Home Assistant core, components/samsungtv/const.py',
    date: 'read 2026-11-25',
  },
  WEBOS: {
    document: 'home-assistant-libs/aiowebostv, aiowebostv/webos_client.py (WS_PORT, WSS_PORT)',
    date: 'read 2026-11-25',
  },
  GOVEE: {
    document: 'Home Assistant core, components/govee_light_local/const.py',
    date: 'read 2026-11-25',
  },
  LIFX: {
    document: 'LIFX LAN protocol documentation, Communicating with a device',
    date: '2026-02-03',
  },
  WLED: { document: 'WLED documentation, UDP Realtime / tpm2.net', date: 'read 2026-11-25' },
  DDP: { document: 'WLED documentation, Distributed Display Protocol', date: 'read 2026-11-25' },
  ARTNET: { document: 'arendst/Tasmota pull request 17059 (Art-Net)', date: 'read 2026-11-25' },
  YEELIGHT: {
    document:
      'yeelight-client, Protocol Reference, after the Yeelight WiFi Light Inter-Operation Specification',
    date: 'read 2026-11-25',
  },
  DIRIGERA: { document: 'Leggin/dirigera, src/dirigera/hub/hub.py', date: 'read 2026-11-25' },
  FOSCAM: {
    document: 'CamioCam/rtsp pull request 103, after the Foscam user manual page 14',
    date: 'read 2026-11-25',
  },
  HOMEKIT: {
    document: 'Home Assistant documentation, integration HomeKit Bridge',
    date: 'read 2026-11-25',
  },
  ECOBEE: {
    document:
      'ecobee, Corporate Network Security & ecobee WiFi Internet Connection, ecobee.com/case-studies',
    date: 'read 2026-11-25',
  },
  RING: {
    document: 'Ring support, Protocols and Ports Used by Ring Devices, article 205385394',
    date: 'read 2026-11-25',
  },
  TASMOTA: { document: 'Tasmota documentation, Device Groups', date: 'read 2026-11-25' },
  ZIGBEE: {
    document: 'Zigbee2MQTT 2.4.0, data/configuration.example.yaml',
    date: 'read 2026-11-25',
  },
} as const satisfies Readonly<Record<string, Citation>>;
