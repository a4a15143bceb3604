import type { Answer, Question } from './recognise.ts';
import { hashOf, SEED } from './seen-filter.ts';

/** Conversations that are remembered, and octets of both sides of one. */
const SIZE = 4096;
const OCTETS = 1024;

interface Entry {
  readonly key: number;
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly answer: Answer;
}

/**
 * What came of asking about the same octets on the same port before. Devices poll: they say the same
 * again and again, and who recognises them is a function of what they say. The octets themselves are
 * compared, so nobody can pass for another by a hash.
 */
export class Memo {
  readonly #entries: (Entry | undefined)[] = new Array<Entry | undefined>(SIZE).fill(undefined);

  /** @param key everything else that the answer depends on */
  get(key: number, { client, server }: Question): Answer | undefined {
    if (client.length + server.length > OCTETS) return undefined;
    const entry = this.#entries[placeOf(key, client, server)];
    const isSame =
      entry !== undefined &&
      entry.key === key &&
      same(entry.client, client) &&
      same(entry.server, server);
    return isSame ? entry.answer : undefined;
  }

  set(key: number, { client, server }: Question, answer: Answer): void {
    if (client.length + server.length > OCTETS) return;
    const entry = { key, client: client.slice(), server: server.slice(), answer };
    this.#entries[placeOf(key, client, server)] = entry;
  }
}

function placeOf(key: number, client: Uint8Array, server: Uint8Array): number {
  const asked = hashOf(client, 0, Math.min(client.length, HASHED), SEED ^ key);
  return hashOf(server, 0, Math.min(server.length, HASHED), asked ^ client.length) & (SIZE - 1);
}

/** Octets of each side that choose the place. */
const HASHED = 64;

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
