import { Reader } from '../../base/reader.ts';
import type { DhcpMessage } from '../shared/dhcp-message.ts';
import { OPTION, readDhcp } from '../shared/dhcp-message.ts';
import type { FieldList } from '../shared/field-list.ts';
import { ofBoth } from '../shared/field-list.ts';
import { trimmed, utf8 } from '../shared/strings.ts';

/** What a client says of itself, and what the server repeats (RFC 2131 §4.1, RFC 2132). */
export const dhcpFields = ofBoth((bytes, fields) => {
  const message = readDhcp(bytes);
  if (message === undefined) return;
  fields.add('dhcp.mac', message.mac);
  const text = (number: number, name: string): void => {
    const value = message.options.get(number);
    if (value !== undefined) fields.add(name, trimmed(utf8(value, 255)));
  };
  fields.add('dhcp.client_id', identityOf(message.options.get(OPTION.clientId)));
  text(OPTION.hostName, 'dhcp.hostname');
  text(OPTION.vendorClass, 'dhcp.vendor_class');
  addParameters(message, fields);
  text(OPTION.mudUrl, 'dhcp.mud_url');
});

/**
 * Octets in hex with colons. Type 255 carries the DUID of DHCPv6 behind a number of four octets (RFC
 * 4361 §6.1): the DUID alone is kept, so that both protocols tell the same.
 */
function identityOf(value: Uint8Array | undefined): string | undefined {
  if (value === undefined || value.length < 2) return undefined;
  const octets = value[0] === 255 && value.length > 7 ? value.subarray(5) : value;
  return colonHex(octets.subarray(0, 80));
}

function colonHex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(':');
}

/** In the order in which they are asked for, which is what a system is known by. */
function addParameters({ options }: DhcpMessage, fields: FieldList): void {
  const list = options.get(OPTION.parameters);
  if (list !== undefined) fields.add('dhcp.params', list.join(','));
}

/** RFC 8415 §7.3: both kinds of message that relays send each other hold one of a client's. */
const RELAY_FORWARD = 12;
const RELAY_REPLY = 13;
const RELAY_MESSAGE = 9;
const RELAYS_CAP = 8;

const CLIENT_ID = 1;
const REQUESTED = 6;
const VENDOR_CLASS = 16;
const CLIENT_FQDN = 39;
const MUD_URL = 112;

export const dhcpv6Fields = ofBoth((bytes, fields) => {
  let message = bytes;
  for (let relays = 0; relays < RELAYS_CAP; relays += 1) {
    const relayed = [RELAY_FORWARD, RELAY_REPLY].includes(message[0] ?? 0);
    const options = optionsOf(message.subarray(relayed ? 34 : 4));
    const inner = options.find(({ code }) => code === RELAY_MESSAGE)?.value;
    if (relayed && inner !== undefined) message = inner;
    else {
      for (const { code, value } of options) addOption(code, value, fields);
      return;
    }
  }
});

function addOption(code: number, value: Uint8Array, fields: FieldList): void {
  const reader = new Reader(value);
  switch (code) {
    case CLIENT_ID:
      fields.add('dhcp.mac', macIn(reader));
      fields.add('dhcp.client_id', colonHex(value.subarray(0, 80)));
      break;
    case REQUESTED:
      fields.add('dhcp.params', numbersIn(reader).join(','));
      break;
    case VENDOR_CLASS: {
      // Enterprise number, then texts with their length (RFC 8415 §21.16).
      reader.skip(4);
      const text = reader.take(reader.u16());
      if (!reader.failed) fields.add('dhcp.vendor_class', trimmed(utf8(text, 255)));
      break;
    }
    case CLIENT_FQDN:
      reader.skip(1);
      fields.add('dhcp.hostname', labelsIn(reader));
      break;
    case MUD_URL:
      // RFC 8520 §10.2.
      fields.add('dhcp.mud_url', utf8(value, 255));
      break;
    default:
  }
}

/** RFC 8415 §11.2, §11.4: the two kinds of DUID that have a link-layer address, of Ethernet. */
function macIn(reader: Reader): string | undefined {
  const type = reader.u16();
  const hardware = reader.u16();
  if (type === 1) reader.skip(4);
  const address = reader.rest();
  if (![1, 3].includes(type) || hardware !== 1 || address.length !== 6) return undefined;
  return colonHex(address);
}

function numbersIn(reader: Reader): readonly number[] {
  const numbers: number[] = [];
  while (reader.left > 1 && numbers.length < 64) numbers.push(reader.u16());
  return numbers;
}

/** RFC 4704 §4.2: labels of DNS, of which the last may lack its end. */
function labelsIn(reader: Reader): string {
  const labels: string[] = [];
  while (reader.left > 0 && labels.length < 32) {
    const label = reader.text(reader.u8());
    if (label === '') break;
    labels.push(label);
  }
  return labels.join('.');
}

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

function optionsOf(bytes: Uint8Array): readonly Option[] {
  const reader = new Reader(bytes);
  const options: Option[] = [];
  while (reader.left >= 4 && options.length < 64) {
    const code = reader.u16();
    const value = reader.take(reader.u16());
    if (!reader.failed) options.push({ code, value });
  }
  return options;
}
