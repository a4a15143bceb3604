import { Reader } from '../../base/reader.ts';
import { reveal, untrusted } from '../../base/untrusted.ts';
import type { Transport } from '../../model/core.ts';
import type { MappingFact, MappingVia } from '../../model/evidence.ts';
import type { Field } from '../../model/flow.ts';
import type { FirstBytes } from '../protocol.ts';
import { parsePcp, pcpAddress } from '../shared/pcp-message.ts';
import { addressOf, known, portOf, secondsOf, transportOf } from '../shared/port-mapping.ts';

/** Name of the value that tells of a mapping which somebody was given or had taken away. */
export const ASKED = 'mapping.asked';
export const ENDED = 'mapping.ended';

/** Protocol numbers of IANA; the others have no ports. */
const TRANSPORTS: ReadonlyMap<number, Transport> = new Map([
  [6, 'tcp'],
  [17, 'udp'],
]);
/** Option of PCP by which one asks for another device (RFC 6887 §13.1). */
const THIRD_PARTY = 1;
const OPTIONS_CAP = 16;

/** A mapping in traffic: the address of whoever asked is the flow's. */
export type HeardMapping = Omit<MappingFact, 'kind' | 'told'>;

/**
 * One value a mapping: transport, outside port, inside address, inside port, seconds, way, outside
 * address, remote host, number of a pinhole, each `-` where it is not known; then who asked.
 */
export function mappingField(name: typeof ASKED | typeof ENDED, heard: HeardMapping): Field {
  const { transport, outsidePort, insideAddress, insidePort, by } = heard;
  const words = [
    ...[transport, outsidePort, insideAddress === '' ? '-' : insideAddress, insidePort],
    ...[heard.leaseSeconds, heard.via, heard.outsideAddress, heard.remoteHost, heard.pinhole],
  ].map((word) => word ?? '-');
  return { name, value: `${words.join(' ')} ${reveal(by)}`.slice(0, 255) };
}

const VIAS: ReadonlySet<string> = new Set<MappingVia>(['upnp-igd', 'nat-pmp', 'pcp', 'pinhole']);

function isVia(text: string): text is MappingVia {
  return VIAS.has(text);
}

/** The fact about whoever asked; undefined for a value of another name or form. */
export function mappingOf({ name, value }: Field): MappingFact | undefined {
  if (name !== ASKED && name !== ENDED) return undefined;
  const words = value.split(' ');
  const [protocol = '', outside, inside = '', port, lease, via = '', address, remote, hole] = words;
  const transport = transportOf(protocol);
  const outsidePort = portOf(outside);
  const insidePort = portOf(port);
  if (transport === undefined || outsidePort === undefined || insidePort === undefined) {
    return undefined;
  }
  return {
    kind: 'mapping',
    transport,
    outsidePort,
    insideAddress: addressOf(inside) ?? '',
    insidePort,
    by: untrusted(words.slice(9).join(' ')),
    told: name === ASKED ? 'asked' : 'ended',
    ...known({
      leaseSeconds: secondsOf(lease),
      via: isVia(via) ? via : undefined,
      outsideAddress: addressOf(address),
      remoteHost: addressOf(remote),
      pinhole: secondsOf(hole),
    }),
  };
}

/** RFC 6886 §3.3: the answer alone names both ports and the seconds; 0 of them take it away (§3.4). */
export function natPmpFields({ server }: FirstBytes): readonly Field[] {
  const reader = new Reader(server);
  const version = reader.u8();
  const transport = new Map<number, Transport>([
    [129, 'udp'],
    [130, 'tcp'],
  ]).get(reader.u8());
  const result = reader.u16();
  reader.skip(4);
  const insidePort = reader.u16();
  const outsidePort = reader.u16();
  const leaseSeconds = reader.u32();
  if (reader.failed || version !== 0 || result !== 0 || transport === undefined) return [];
  return [
    mappingField(leaseSeconds === 0 ? ENDED : ASKED, {
      transport,
      outsidePort,
      insideAddress: '',
      insidePort,
      leaseSeconds,
      via: 'nat-pmp',
      by: untrusted('NAT-PMP'),
    }),
  ];
}

/** RFC 6887 §11.1: an answer to MAP. Of IPv6 the address stays and a pinhole is what is made. */
export function pcpFields({ server }: FirstBytes): readonly Field[] {
  const parsed = parsePcp(server);
  if (parsed.kind !== 'ok') return [];
  const { isResponse, opcode, result, lifetime, body } = parsed.value;
  if (!isResponse || opcode !== 1 || result !== 0) return [];
  const reader = new Reader(body);
  reader.skip(12); // The nonce.
  const transport = TRANSPORTS.get(reader.u8());
  reader.skip(3);
  const insidePort = reader.u16();
  const outsidePort = reader.u16();
  const outsideAddress = pcpAddress(reader.take(16));
  if (reader.failed || transport === undefined) return [];
  return [
    mappingField(lifetime === 0 ? ENDED : ASKED, {
      transport,
      outsidePort,
      insideAddress: thirdParty(reader),
      insidePort,
      leaseSeconds: lifetime,
      via: outsideAddress.includes(':') ? 'pinhole' : 'pcp',
      by: untrusted('PCP'),
      ...(outsideAddress === '' ? {} : { outsideAddress }),
    }),
  ];
}

/** Whom it was asked for, where that is another one (§13.1); options are padded to four octets (§7.3). */
function thirdParty(reader: Reader): string {
  for (let count = 0; reader.left >= 4 && count < OPTIONS_CAP; count += 1) {
    const code = reader.u8();
    reader.skip(1);
    const length = reader.u16();
    const data = reader.take(length);
    reader.skip((4 - (length % 4)) % 4);
    if (code === THIRD_PARTY && length === 16) return pcpAddress(data);
  }
  return '';
}
