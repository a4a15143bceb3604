import { forJson } from '../base/encode.ts';
import type { Untrusted } from '../base/untrusted.ts';
import type { Answer, Carrier } from '../model/core.ts';
import type { Device } from '../model/device.ts';
import type { AttributeName } from '../model/evidence.ts';
import type { Verdict } from '../model/ledger.ts';
import type { Service } from '../model/service.ts';
import type { Shell } from './shell.ts';
import type { Style } from './table.ts';

/** What is believed of an attribute, or nothing. */
export function attribute(device: Device, name: AttributeName): Untrusted | '' {
  return device.attributes[name]?.[0]?.value ?? '';
}

/** `2026-11-25 14:03`, local with the zone, or UTC. */
export function timeText(shell: Shell, at: number | undefined): string {
  if (at === undefined) return '';
  const zone = shell.utc ? 0 : -new Date(at).getTimezoneOffset();
  const iso = new Date(at + zone * 60_000).toISOString().slice(0, 16).replace('T', ' ');
  if (shell.utc) return `${iso}Z`;
  const hours = String(Math.floor(Math.abs(zone) / 60)).padStart(2, '0');
  const minutes = String(Math.abs(zone) % 60).padStart(2, '0');
  return `${iso} ${zone < 0 ? '-' : '+'}${hours}:${minutes}`;
}

const ENCRYPTED: Readonly<Partial<Record<Carrier, string>>> = {
  tls: ' over TLS',
  dtls: ' over DTLS',
};

/** `mqtt over TLS`, `unknown`, `http?` where only the port number speaks for it. */
export function protocolText(service: Service): string {
  if (service.protocol === 'unknown') return 'unknown';
  const doubt = service.certainty === 'hint' ? '?' : '';
  const carrier = service.protocol === service.over ? '' : (ENCRYPTED[service.over] ?? '');
  return `${service.protocol}${doubt}${carrier}`;
}

export function portText(port: { readonly port: number; readonly transport: string }): string {
  return `${port.port}/${port.transport}`;
}

const ANSWER: Readonly<Record<Answer, string>> = { yes: 'yes', no: 'no', unknown: '?' };

export function answerText(answer: Answer): string {
  return ANSWER[answer];
}

export function verdictStyle(verdict: Verdict): Style | undefined {
  if (verdict === 'fine') return 'green';
  if (verdict === 'unknown') return 'dim';
  return verdict === 'close' || verdict === 'broken' ? 'red' : 'yellow';
}

/** `1 device`, `3 devices`, `2 addresses`. */
export function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  return `${number} ${noun}${noun.endsWith('s') ? 'es' : 's'}`;
}

/** JSON of one list, with its schema; additive changes only. */
export function jsonList(shell: Shell, schema: string, items: readonly unknown[]): string {
  const generated = new Date(shell.now()).toISOString();
  return jsonDocument(schema, { generated, items });
}

/** One JSON document with its schema; characters that could play tricks on a terminal are escaped. */
export function jsonDocument(schema: string, facts: object): string {
  return `${forJson({ schema: `portolan/${schema}/v1`, ...facts }, 2)}\n`;
}
