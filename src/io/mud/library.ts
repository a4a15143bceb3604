import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PortolanError } from '../../base/errors.ts';
import type { SignatureState } from './signature.ts';

/** A MUD file that is kept, and how it came here. */
export interface KeptMud {
  readonly url: string;
  /** Where it was fetched or read. */
  readonly source: 'fetched' | 'file';
  readonly at: number;
  readonly signature: SignatureState;
  /** SHA-256 of the signer's certificate. */
  readonly signer?: string;
  /** Who said yes to it, and when; absent: nobody had to, or nobody has. */
  readonly approved?: { readonly by: string; readonly at: number };
  /** Moment from which the server may be asked again (RFC 8520 §3.5). */
  readonly freshUntil: number;
}

/** `in-use`: what rules may be made of. `waiting`: fetched since, and nobody has said yes to it. */
export type Place = 'in-use' | 'waiting';

const states = [
  'good',
  'unsigned',
  'unknown-signer',
  'wrong-signer',
  'untrusted',
  'changed',
] as const;
const kept = z.object({
  url: z.string(),
  source: z.enum(['fetched', 'file']),
  at: z.number(),
  signature: z.enum(states),
  signer: z.exactOptional(z.string()),
  approved: z.exactOptional(z.object({ by: z.string(), at: z.number() })),
  freshUntil: z.number(),
});
const signers = z.record(z.string(), z.array(z.string().regex(/^[0-9a-f]{64}$/)));
const SIGNERS = 'signers.json';

/** MUD files beside the database, under names of our own: no text of a URL is in a path. */
export class MudLibrary {
  readonly #folder: string;

  /** @param folder of the data */
  constructor(folder: string) {
    this.#folder = join(folder, 'mud');
  }

  put(place: Place, about: KeptMud, content: Uint8Array): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#write(this.#path(about.url, place, 'json'), content);
    this.#write(this.#path(about.url, place, 'about'), `${JSON.stringify(about)}\n`);
    if (place === 'in-use') this.discard('waiting', about.url);
  }

  get(place: Place, url: string): { about: KeptMud; content: Uint8Array } | undefined {
    const about = this.#about(this.#path(url, place, 'about'));
    const content = about === undefined ? undefined : read(this.#path(url, place, 'json'));
    return about === undefined || content === undefined ? undefined : { about, content };
  }

  discard(place: Place, url: string): void {
    for (const kind of ['about', 'json']) {
      rmSync(this.#path(url, place, kind), { force: true });
    }
  }

  list(place: Place): readonly KeptMud[] {
    return names(this.#folder)
      .filter((name) => name.endsWith(`.${place}.about`))
      .flatMap((name) => this.#about(join(this.#folder, name)) ?? [])
      .sort((a, b) => (a.url < b.url ? -1 : 1));
  }

  /** Fingerprints of those who may sign for an authority, as a person said. */
  signersOf(authority: string): readonly string[] {
    return new Map(Object.entries(this.#signers())).get(authority) ?? [];
  }

  addSigner(authority: string, fingerprint: string): void {
    const all = new Map(Object.entries(this.#signers()));
    all.set(authority, [...new Set([...(all.get(authority) ?? []), fingerprint])]);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#write(
      join(this.#folder, SIGNERS),
      `${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`,
    );
  }

  #signers(): Readonly<Record<string, readonly string[]>> {
    const content = read(join(this.#folder, SIGNERS));
    if (content === undefined) return {};
    const parsed = signers.safeParse(json(content));
    if (parsed.success) return parsed.data;
    // To go on would be to trust whoever signs next.
    throw new PortolanError('E_INPUT_MALFORMED', `${join(this.#folder, SIGNERS)} is damaged`, {
      remedy: 'Restore it from a backup, or remove it and approve each signer again',
    });
  }

  #about(path: string): KeptMud | undefined {
    const content = read(path);
    const parsed = content === undefined ? undefined : kept.safeParse(json(content));
    return parsed?.success === true ? parsed.data : undefined;
  }

  #path(url: string, place: Place, kind: string): string {
    const key = createHash('sha256').update(url).digest('hex').slice(0, 32);
    return join(this.#folder, `${key}.${place}.${kind}`);
  }

  /** Whole or not at all. */
  #write(path: string, content: Uint8Array | string): void {
    writeFileSync(`${path}.new`, content, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Nothing was kept yet.
  }
}

function read(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (Object(error).code === 'ENOENT') return undefined;
    throw new PortolanError('E_INPUT_UNREADABLE', `${path} cannot be read`, {
      remedy: 'Check its permissions',
      cause: error,
    });
  }
}

function json(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    return undefined;
  }
}
