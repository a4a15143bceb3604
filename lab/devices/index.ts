import { registry } from '../../src/base/registry.ts';
import { amqpGateway } from './amqp-gateway.ts';
import { bacnetController } from './bacnet-controller.ts';
import { broker } from './broker.ts';
import { camera } from './camera.ts';
import { cast } from './cast.ts';
import { coapSensor } from './coap-sensor.ts';
import { custom } from './custom.ts';
import { customTwin } from './custom-twin.ts';
import { esp } from './esp.ts';
import { fragilePlc } from './fragile-plc.ts';
import { lightBridge } from './light-bridge.ts';
import { meter } from './meter.ts';
import { nas } from './nas.ts';
import { oddPorts } from './odd-ports.ts';
import { phone } from './phone.ts';
import { plc } from './plc.ts';
import { printer } from './printer.ts';
import { router } from './router.ts';
import { s7Gateway } from './s7-gateway.ts';
import { speaker } from './speaker.ts';
import { thermostat } from './thermostat.ts';

/** Every device of the lab, by zone and address. */
export const labDevices = registry([
  speaker,
  cast,
  printer,
  nas,
  phone,
  thermostat,
  lightBridge,
  camera,
  coapSensor,
  broker,
  amqpGateway,
  custom,
  customTwin,
  oddPorts,
  esp,
  router,
  meter,
  plc,
  s7Gateway,
  bacnetController,
  fragilePlc,
]);
