import type { Registry } from '../../base/registry.ts';
import { registry } from '../../base/registry.ts';
import { axis } from './axis.ts';
import { dahua } from './dahua.ts';
import { esphome } from './esphome.ts';
import type { HttpFamily } from './family.ts';
import { fritzbox } from './fritzbox.ts';
import { googlecast } from './googlecast.ts';
import { grafana } from './grafana.ts';
import { hikvision } from './hikvision.ts';
import { homeAssistant } from './home-assistant.ts';
import { homekit } from './homekit.ts';
import { hpPrinter } from './hp-printer.ts';
import { hue } from './hue.ts';
import { ipCamera } from './ip-camera.ts';
import { kodi } from './kodi.ts';
import { mikrotik } from './mikrotik.ts';
import { nodeRed } from './node-red.ts';
import { octoprint } from './octoprint.ts';
import { openwrt } from './openwrt.ts';
import { printer } from './printer.ts';
import { qnap } from './qnap.ts';
import { roku } from './roku.ts';
import { shelly } from './shelly.ts';
import { sonos } from './sonos.ts';
import { synology } from './synology.ts';
import { tasmota } from './tasmota.ts';
import { tpLink } from './tp-link.ts';
import { unifi } from './unifi.ts';
import { wled } from './wled.ts';
import { zigbee2mqtt } from './zigbee2mqtt.ts';

/** In the order in which they are asked where several are possible. */
const members = registry([
  hue,
  shelly,
  wled,
  esphome,
  tasmota,
  roku,
  googlecast,
  sonos,
  homekit,
  homeAssistant,
  zigbee2mqtt,
  nodeRed,
  octoprint,
  grafana,
  kodi,
  synology,
  qnap,
  fritzbox,
  openwrt,
  mikrotik,
  unifi,
  tpLink,
  hikvision,
  dahua,
  axis,
  ipCamera,
  hpPrinter,
  printer,
]);

export const families: Registry<HttpFamily> = members;
