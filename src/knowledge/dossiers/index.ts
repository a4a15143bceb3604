import type { Registry } from '../../base/registry.ts';
import { registry } from '../../base/registry.ts';
import type { Dossier } from '../dossier.ts';
import { amazonEcho } from './amazon-echo.ts';
import { amqpBroker } from './amqp-broker.ts';
import { androidTv } from './android-tv.ts';
import { appleTv } from './apple-tv.ts';
import { appleWatch } from './apple-watch.ts';
import { bacnetController } from './bacnet-controller.ts';
import { coapSensor } from './coap-sensor.ts';
import { dahuaCamera } from './dahua-camera.ts';
import { ecobee } from './ecobee.ts';
import { esphome } from './esphome.ts';
import { ethernetIpController } from './ethernet-ip-controller.ts';
import { ewelink } from './ewelink.ts';
import { factbirdDuo } from './factbird-duo.ts';
import { fitbitCharge5 } from './fitbit-charge-5.ts';
import { foscamCamera } from './foscam-camera.ts';
import { fritzbox } from './fritzbox.ts';
import { googleCast } from './google-cast.ts';
import { goveeLight } from './govee-light.ts';
import { hikvisionCamera } from './hikvision-camera.ts';
import { homeAssistant } from './home-assistant.ts';
import { homekitAccessory } from './homekit-accessory.ts';
import { hueBridge } from './hue-bridge.ts';
import { ikeaGateway } from './ikea-gateway.ts';
import { knxGateway } from './knx-gateway.ts';
import { lgWebos } from './lg-webos.ts';
import { lifx } from './lifx.ts';
import { matterDevice } from './matter-device.ts';
import { modbusController } from './modbus-controller.ts';
import { mqttBroker } from './mqtt-broker.ts';
import { nestThermostat } from './nest-thermostat.ts';
import { networkPrinter } from './network-printer.ts';
import { nodeRed } from './node-red.ts';
import { onvifCamera } from './onvif-camera.ts';
import { opcuaServer } from './opcua-server.ts';
import { openwrtRouter } from './openwrt-router.ts';
import { reolinkCamera } from './reolink-camera.ts';
import { ringDevice } from './ring-device.ts';
import { roku } from './roku.ts';
import { s71200 } from './s7-1200.ts';
import { s71500 } from './s7-1500.ts';
import { s7Controller } from './s7-controller.ts';
import { samsungTv } from './samsung-tv.ts';
import { shellyGen1 } from './shelly-gen1.ts';
import { shellyGen2 } from './shelly-gen2.ts';
import { sonos } from './sonos.ts';
import { synologyNas } from './synology-nas.ts';
import { tasmota } from './tasmota.ts';
import { tpLinkKasa } from './tp-link-kasa.ts';
import { tuya } from './tuya.ts';
import { unifiController } from './unifi-controller.ts';
import { unifiDevice } from './unifi-device.ts';
import { wled } from './wled.ts';
import { xiaomiMiio } from './xiaomi-miio.ts';
import { xmeyeRecorder } from './xmeye-recorder.ts';
import { yeelight } from './yeelight.ts';
import { zigbee2mqtt } from './zigbee2mqtt.ts';

const members = registry([
  amazonEcho,
  amqpBroker,
  androidTv,
  appleTv,
  appleWatch,
  bacnetController,
  coapSensor,
  dahuaCamera,
  ecobee,
  esphome,
  ethernetIpController,
  ewelink,
  factbirdDuo,
  fitbitCharge5,
  foscamCamera,
  fritzbox,
  googleCast,
  goveeLight,
  hikvisionCamera,
  homeAssistant,
  homekitAccessory,
  hueBridge,
  ikeaGateway,
  knxGateway,
  lgWebos,
  lifx,
  matterDevice,
  modbusController,
  mqttBroker,
  nestThermostat,
  networkPrinter,
  nodeRed,
  onvifCamera,
  opcuaServer,
  openwrtRouter,
  reolinkCamera,
  ringDevice,
  roku,
  s71200,
  s71500,
  s7Controller,
  samsungTv,
  shellyGen1,
  shellyGen2,
  sonos,
  synologyNas,
  tasmota,
  tpLinkKasa,
  tuya,
  unifiController,
  unifiDevice,
  wled,
  xiaomiMiio,
  xmeyeRecorder,
  yeelight,
  zigbee2mqtt,
]);

export const dossiers: Registry<Dossier> = members;
