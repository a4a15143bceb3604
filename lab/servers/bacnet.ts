import type { LabHost } from '../device.ts';
import type { Answerer } from '../serve.ts';
import { u16, u32 } from '../serve.ts';

export interface Controller {
  readonly instance: number;
  readonly vendorId: number;
  readonly name: string;
  readonly vendor: string;
  readonly model: string;
  readonly firmware: string;
  readonly location: string;
}

const DEVICE = 8;
const WHO_IS = 8;
const READ_PROPERTY = 12;
/** Confirmed services that change something (ASHRAE 135 clause 21): files, objects, properties, control. */
const WRITES = new Set([7, 8, 9, 10, 11, 15, 16, 17, 20]);

/** BACnet/IP (ASHRAE 135 annex J): I-Am for Who-Is and the device object's properties. */
export function bacnet(host: LabHost, port: number, controller: Controller): Answerer {
  return (datagram) => {
    const apdu = unwrap(datagram);
    if (apdu === undefined) return [];
    const [first = 0, second] = apdu;
    if (first >> 4 === 1 && second === WHO_IS) return whoIs(apdu.subarray(2), controller);
    // Confirmed request, not segmented: type, sizes, invoke id, service.
    if ((first & 0xf8) !== 0 || apdu.length < 4) return [];
    if (WRITES.has(apdu[3] ?? 0)) host.log({ event: 'write', port, detail: apdu.toString('hex') });
    return [wrap(confirmed(apdu, controller))];
  };
}

function confirmed(apdu: Buffer, controller: Controller): Buffer {
  const [, , invoke = 0, service] = apdu;
  // Reject: unrecognised service (clause 20.1.8).
  if (service !== READ_PROPERTY) return Buffer.from([0x60, invoke, 9]);
  return readProperty(invoke, apdu.subarray(4), controller);
}

/** BVLL (unicast or broadcast NPDU) and NPDU without routing; anything else is not for this device. */
function unwrap(datagram: Buffer): Buffer | undefined {
  if (datagram.length < 8 || datagram[0] !== 0x81) return undefined;
  if (datagram[1] !== 0x0a && datagram[1] !== 0x0b) return undefined;
  if (datagram.readUInt16BE(2) !== datagram.length || datagram[4] !== 1) return undefined;
  const control = datagram[5] ?? 0;
  if ((control & 0x88) !== 0) return undefined;
  // A destination (network, length of the address, hops) as a global broadcast has it.
  if ((control & 0x20) === 0) return datagram.subarray(6);
  return datagram.subarray(6 + 3 + (datagram[8] ?? 0) + 1);
}

function wrap(apdu: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([0x81, 0x0a]),
    u16(apdu.length + 6),
    Buffer.from([1, 0]),
    apdu,
  ]);
}

function whoIs(range: Buffer, controller: Controller): Buffer[] {
  if (range.length > 0 && !inRange(range, controller.instance)) return [];
  const body = [
    Buffer.from([0x10, 0, 0xc4]),
    objectId(controller.instance),
    Buffer.from([0x22, 0x05, 0xc4, 0x91, 0x03]), // 1476 bytes at most; no segmentation
    controller.vendorId > 255
      ? Buffer.concat([Buffer.from([0x22]), u16(controller.vendorId)])
      : Buffer.from([0x21, controller.vendorId]),
  ];
  return [wrap(Buffer.concat(body))];
}

function inRange(range: Buffer, instance: number): boolean {
  const low = (range[0] ?? 0) & 7;
  const high = (range[1 + low] ?? 0) & 7;
  if (low < 1 || low > 4 || high < 1 || high > 4 || range.length !== 2 + low + high) return false;
  return instance >= range.readUIntBE(1, low) && instance <= range.readUIntBE(2 + low, high);
}

function readProperty(invoke: number, request: Buffer, controller: Controller): Buffer {
  const property = request[6];
  const wellFormed = request[0] === 0x0c && request[5] === 0x19 && property !== undefined;
  if (!wellFormed || request.length !== 7) return Buffer.from([0x60, invoke, 4]); // invalid tag
  const id = request.readUInt32BE(1);
  const mine = id === deviceId(controller.instance) || id === deviceId(0x3fffff);
  // Error: class object, unknown-object; class property, unknown-property.
  if (!mine) return Buffer.from([0x50, invoke, READ_PROPERTY, 0x91, 1, 0x91, 31]);
  const value = propertyValue(property, controller);
  if (value === undefined) return Buffer.from([0x50, invoke, READ_PROPERTY, 0x91, 2, 0x91, 32]);
  const head = Buffer.from([0x30, invoke, READ_PROPERTY, 0x0c]);
  const tail = [objectId(controller.instance), Buffer.from([0x19, property, 0x3e]), value];
  return Buffer.concat([head, ...tail, Buffer.from([0x3f])]);
}

function propertyValue(property: number, controller: Controller): Buffer | undefined {
  const texts: Readonly<Record<number, string>> = {
    12: controller.firmware,
    28: controller.model,
    44: controller.firmware,
    58: controller.location,
    70: controller.model,
    77: controller.name,
    121: controller.vendor,
  };
  const value = texts[property];
  if (value !== undefined) return text(value);
  if (property === 75) return Buffer.concat([Buffer.from([0xc4]), objectId(controller.instance)]);
  if (property === 120) return Buffer.concat([Buffer.from([0x22]), u16(controller.vendorId)]);
  return undefined;
}

/** A character string, UTF-8 (clause 20.2.9). */
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = bytes.length + 1;
  const tag = length < 5 ? [0x70 | length] : [0x75, length];
  return Buffer.concat([Buffer.from([...tag, 0]), bytes]);
}

function objectId(instance: number): Buffer {
  return u32(deviceId(instance));
}

function deviceId(instance: number): number {
  return DEVICE * 0x400000 + instance;
}
