import { createHash } from 'node:crypto';
import { TABLE } from '../../targets/nftables/names.ts';

/** Exists between arming and loading only; see the guard script. */
export const PENDING_TABLE = `${TABLE}_pending`;

/** Families in which we may have a table: what is routed, and what passes within a segment. */
export const FAMILIES = ['inet', 'bridge'] as const;

/** `nft -s list table`: without counters, and it can be loaded again. */
export const LIST_OURS = FAMILIES.map((family) => ['nft', '-s', 'list', 'table', family, TABLE]);
/** The same with what was counted. */
export const LIST_COUNTED = FAMILIES.map((family) => ['nft', 'list', 'table', family, TABLE]);
export const LIST_ALL: readonly string[] = ['nft', '-s', 'list', 'ruleset'];

/**
 * The time zone in which nft is run: it prints and reads times as text of its own zone, with no option
 * for anything else (date_type_print, 1.0.6).
 */
export const ZONE = 'UTC0';
const TIME = /\bmeta time ([<>]=?) "(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})"/g;

/**
 * A listing that was made in `ZONE`, with times in seconds since 1970: so it means the same to whoever
 * reads it or loads it again, wherever that is.
 */
export function inSeconds(listing: string): string {
  return listing.replaceAll(TIME, (text, operator: string, date: string, clock: string) => {
    const at = Date.parse(`${date}T${clock}Z`);
    return Number.isNaN(at) ? text : `meta time ${operator} ${at / 1000}`;
  });
}

/**
 * A listing without what changes while it is in force: the elements of sets that devices and the
 * kernel fill. What is left changes only by somebody's hand.
 */
export function settled(listing: string): string {
  return blocks(listing)
    .flatMap((block) => (isDynamic(block) ? block.filter((line) => !isElement(line)) : block))
    .join('\n');
}

/** Sets and chains of a table, one after the other; what is between them alone. */
function blocks(listing: string): readonly (readonly string[])[] {
  const found: string[][] = [];
  let current: string[] = [];
  for (const line of listing.split('\n')) {
    if (/^\t(?:set|map|chain|counter|ct) /.test(line)) {
      found.push(current);
      current = [];
    }
    current.push(line);
    if (line === '\t}') {
      found.push(current);
      current = [];
    }
  }
  return [...found, current];
}

function isDynamic(block: readonly string[]): boolean {
  return (
    /^\t(?:set|map) /.test(block[0] ?? '') &&
    block.some((line) => /^\t\t(?:timeout |flags .*\b(?:dynamic|timeout)\b)/.test(line))
  );
}

/** `elements = {` and the lines that go on from it, which are indented deeper. */
function isElement(line: string): boolean {
  return /^\t\telements = /.test(line) || /^\t\t\t/.test(line);
}

export function hashOf(listing: string): string {
  return createHash('sha256').update(settled(listing)).digest('hex');
}

/** Whether a text is our tables, whole: a program that says it listed them may have printed anything. */
export function isListing(text: string): boolean {
  const lines = text
    .replace(/"[^"]*"/g, '')
    .trimEnd()
    .split('\n');
  const heads = lines.filter((line) => line.startsWith('table '));
  const ends = lines.filter((line) => line === '}');
  const isWhole = heads[0] === lines[0] && ends.length === heads.length && lines.at(-1) === '}';
  return isWhole && heads.every((line) => OURS.includes(line));
}

/**
 * A listing of everything, without our tables: what must be as it was. The comment of somebody else may
 * have lines of its own, which look like anything.
 */
export function foreignOf(ruleset: string): string {
  const kept: string[] = [];
  let isOurs = false;
  let isQuoted = false;
  for (const line of ruleset.split('\n')) {
    if (!isQuoted && line.startsWith('table ')) isOurs = OURS.includes(line);
    if (!isOurs) kept.push(line);
    // What nft remarks by the way begins with this sign, and its apostrophes and quotes mean nothing.
    const quotes: number = !isQuoted && line.startsWith('#') ? 0 : line.split('"').length - 1;
    isQuoted = isQuoted !== (quotes % 2 === 1);
    if (!isQuoted && line === '}') isOurs = false;
  }
  return kept.join('\n');
}

/** As they stand in a ruleset. */
const NAMES = {
  routed: `inet ${TABLE}`,
  bridged: `bridge ${TABLE}`,
  pending: `inet ${PENDING_TABLE}`,
} as const;

const OURS: readonly string[] = Object.values(NAMES).map((name) => `table ${name} {`);

/**
 * Text that puts a listing of our tables back in force, or takes them away.
 *
 * @param loaded what may be in force instead: the table for bridges is named only where one of both
 * has it, since a kernel without that family refuses the name
 */
export function restoring(listing: string | undefined, loaded = ''): string {
  const isBridged = hasBridged(listing ?? '') || hasBridged(loaded);
  const names = [NAMES.pending, NAMES.routed, ...(isBridged ? [NAMES.bridged] : [])];
  return `${names.map(without).join('')}${listing ?? ''}`;
}

/** Text that loads rules only while nobody took the change back. */
export function loading(rules: string, previous = ''): string {
  return `delete table ${NAMES.pending}\n${replacing(rules, previous)}`;
}

/** Rules replace their own tables; one that they have no more is taken away with them. */
export function replacing(rules: string, previous = ''): string {
  const isLeft = hasBridged(previous) && !hasBridged(rules);
  return `${isLeft ? without(NAMES.bridged) : ''}${rules}`;
}

/** Whether a ruleset makes one of our tables; one that is only deleted is made without a body before. */
export function hasTable(rules: string): boolean {
  return rules.split('\n').some((line) => OURS.includes(line));
}

function hasBridged(text: string): boolean {
  return new RegExp(`^table ${NAMES.bridged} \\{$`, 'm').test(text);
}

/** A table that is not there cannot be deleted, so it is made before. */
function without(name: string): string {
  return `table ${name}\ndelete table ${name}\n`;
}

/**
 * Why a file would do more than replace our own table; undefined where it does not. Checked by whoever
 * holds the right, whatever the process that asks believes: at the outermost level only our tables are
 * named, and nothing is included, defined or flushed.
 */
export function obstacleIn(text: string): string | undefined {
  let depth = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const bare = line.replace(/"[^"]*"/g, '');
    const why = oddityOf(bare, depth);
    if (why !== undefined) return `line ${index + 1}: ${why}`;
    depth = depthsOf(bare, depth).at(-1) ?? depth;
  }
  return depth === 0 ? undefined : 'a brace is missing';
}

function oddityOf(bare: string, depth: number): string | undefined {
  if (/["\\#\r]/.test(bare)) return 'an odd character';
  if (DIRECTIVE.test(bare)) return 'a directive';
  if (depth === 0) return OUTERMOST.includes(bare) ? undefined : 'not about our table';
  // A table that ends within a line could be followed by anything.
  const ends = depthsOf(bare, depth).some((each) => each <= 0);
  return ends && bare !== '}' ? 'the table ends within a line' : undefined;
}

/** After each brace of a line. */
function depthsOf(bare: string, depth: number): readonly number[] {
  let now = depth;
  return [...bare.replace(/[^{}]/g, '')].map((brace) => {
    now += brace === '{' ? 1 : -1;
    return now;
  });
}

/** As words of their own: names of sets and chains may have them as a part. */
const DIRECTIVE = /(?<![\w-])(?:include|define|undefine|redefine|flush)(?![\w-])/;

const OUTERMOST: readonly string[] = [
  '',
  `table ${NAMES.routed} {`,
  `table ${NAMES.bridged} {`,
  ...Object.values(NAMES).flatMap((name) => [`table ${name}`, `delete table ${name}`]),
];
