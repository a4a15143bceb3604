import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PortolanError } from '../../base/errors.ts';
import { defaultFolder } from '../store/open.ts';
import { storeError } from '../store/sqlite-error.ts';
import type { ChangeRecord } from './change-json.ts';
import { recordFromJson, recordToJson } from './change-json.ts';
import type { RuleCounts } from './rule-counts.ts';
import { countsFromJson } from './rule-counts.ts';

/** Changes that are kept: the oldest go first. */
const MOST = 50;
const ID = /^PTL-C-[0-9A-Z]{4,12}$/;

/**
 * Changes in the data folder, for whoever plans without the right to look at the firewall. What is
 * really in force is what the machine itself says.
 */
export class ChangeStore {
  readonly #folder: string;

  /** @throws PortolanError E_USAGE for a database in memory */
  constructor(dataFolder: string | undefined) {
    if (dataFolder === ':memory:') {
      throw new PortolanError('E_USAGE', 'A database in memory keeps no changes', {
        remedy: 'Name a folder: portolan --data FOLDER plan',
      });
    }
    this.#folder = join(dataFolder ?? defaultFolder(), 'changes');
  }

  save(id: string, record: ChangeRecord): void {
    this.#write(`${only(id)}.json`, recordToJson(record));
    const all = this.#names();
    for (const name of all.slice(0, Math.max(0, all.length - MOST))) {
      rmSync(join(this.#folder, name), { force: true });
    }
  }

  read(id: string): ChangeRecord | undefined {
    return recordFromJson(this.#text(`${only(id)}.json`));
  }

  /** Newest first. */
  list(): readonly ChangeRecord[] {
    return this.#names()
      .toReversed()
      .flatMap((name) => recordFromJson(this.#text(name)) ?? []);
  }

  /** What was confirmed last on that machine, as far as this data folder knows. */
  inForce(machine: string): ChangeRecord | undefined {
    return recordFromJson(this.#text(inForceFile(machine)));
  }

  setInForce(machine: string, record: ChangeRecord | undefined): void {
    const name = inForceFile(machine);
    if (record === undefined) rmSync(join(this.#folder, name), { force: true });
    else this.#write(name, recordToJson(record));
  }

  /** What the rules in force on that machine had counted when somebody looked last. */
  counts(machine: string): RuleCounts | undefined {
    return countsFromJson(this.#text(countsFile(machine)));
  }

  setCounts(machine: string, counts: RuleCounts): void {
    this.#write(countsFile(machine), `${JSON.stringify(counts)}\n`);
  }

  /** Oldest first. */
  #names(): readonly string[] {
    if (!existsSync(this.#folder)) return [];
    const records = readdirSync(this.#folder).filter((name) => /^PTL-C-.*\.json$/.test(name));
    const at = (name: string): number =>
      recordFromJson(this.#text(name))?.change?.at ?? Number.NEGATIVE_INFINITY;
    return records
      .map((name) => ({ name, at: at(name) }))
      .sort((a, b) => a.at - b.at)
      .map(({ name }) => name);
  }

  #text(name: string): string | undefined {
    try {
      return readFileSync(join(this.#folder, name), 'utf8');
    } catch (error) {
      if (Object(error).code === 'ENOENT') return undefined;
      throw storeError(error, this.#folder);
    }
  }

  #write(name: string, text: string): void {
    const file = join(this.#folder, name);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const descriptor = openSync(`${file}.new`, 'w', 0o600);
      try {
        writeFileSync(descriptor, text);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(`${file}.new`, file);
    } catch (error) {
      throw storeError(error, file);
    }
  }
}

/** @throws PortolanError E_NOT_FOUND */
function only(id: string): string {
  if (ID.test(id)) return id;
  throw new PortolanError('E_NOT_FOUND', `${JSON.stringify(id)} is no id of a change`, {
    remedy: 'Make one: portolan plan',
  });
}

function inForceFile(machine: string): string {
  return `in-force-${wordOf(machine)}.json`;
}

function countsFile(machine: string): string {
  return `counts-${wordOf(machine)}.json`;
}

/** A router's name is a person's word: only its letters and digits become part of a file's name. */
function wordOf(machine: string): string {
  return machine.replace(/[^A-Za-z0-9.-]/g, '_').slice(0, 100);
}
