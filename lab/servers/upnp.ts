import type { Answerer, Groups } from '../serve.ts';
import type { Page } from './http.ts';

export interface UpnpDevice {
  readonly type: string;
  readonly uuid: string;
  readonly friendlyName: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly modelNumber: string;
  readonly serial: string;
  /** Where the description is. */
  readonly location: string;
  readonly server: string;
  /** `deviceList` element with what is within it. */
  readonly devices?: string;
}

export const SSDP_GROUPS: Groups = { ipv4: '239.255.255.250' };
export const SSDP_PORT = 1900;

/** Answers an M-SEARCH (UPnP Device Architecture 2.0 §1.3.2) for what it is, and nothing else. */
export function ssdp(device: UpnpDevice): Answerer {
  const targets = ['upnp:rootdevice', `uuid:${device.uuid}`, device.type];
  return (datagram) => {
    const [first, ...lines] = datagram.toString('latin1', 0, 2048).split('\r\n');
    if (first !== 'M-SEARCH * HTTP/1.1') return [];
    const field = (name: string): string | undefined =>
      lines
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim();
    if (field('man') !== '"ssdp:discover"') return [];
    const wanted = field('st');
    return targets
      .filter((target) => wanted === 'ssdp:all' || wanted === target)
      .map((target) => Buffer.from(found(device, target)));
  };
}

function found(device: UpnpDevice, target: string): string {
  const name = `uuid:${device.uuid}`;
  const usn = target === name ? name : `${name}::${target}`;
  return [
    'HTTP/1.1 200 OK',
    'CACHE-CONTROL: max-age=100',
    'EXT:',
    `LOCATION: ${device.location}`,
    `SERVER: ${device.server}`,
    `ST: ${target}`,
    `USN: ${usn}`,
    '\r\n',
  ].join('\r\n');
}

/** The description document (§2.3). */
export function description(device: UpnpDevice): Page {
  const fields = [
    ['deviceType', device.type],
    ['friendlyName', device.friendlyName],
    ['manufacturer', device.manufacturer],
    ['modelName', device.model],
    ['modelNumber', device.modelNumber],
    ['serialNumber', device.serial],
    ['UDN', `uuid:${device.uuid}`],
  ].map(([name, value]) => `<${name}>${value}</${name}>`);
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>0</minor></specVersion>
<device>${fields.join('')}${device.devices ?? ''}</device></root>`;
  return { type: 'text/xml', body };
}
