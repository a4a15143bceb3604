import { untrusted } from '../../../src/base/untrusted.ts';
import type { Fact } from '../../../src/model/evidence.ts';

/** What a device of a family answers, and what has to be learnt beyond what HTTP itself tells. */
export interface Example {
  readonly name: string;
  readonly family: string;
  readonly port: number;
  readonly root: string;
  /** Answer to the one document that is asked for; absent where none may be asked for. */
  readonly document?: readonly [path: string, answer: string];
  readonly facts: readonly Fact[];
}

/** An answer with its length, as servers send it. */
export function answer(body: string, fields: readonly string[] = [], status = '200 OK'): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return [`HTTP/1.1 ${status}`, ...fields, length, '', body].join('\r\n');
}

export function titled(title: string, more = ''): string {
  return `<!doctype html><html><head><title>${title}</title></head><body>${more}</body></html>`;
}

export const JSON_TYPE = ['Content-Type: application/json'];
export const NOT_FOUND = answer('', [], '404 Not Found');

export function untrustedUuid(value: string): Fact {
  return { kind: 'identifier', scheme: 'uuid', value: untrusted(value) };
}
