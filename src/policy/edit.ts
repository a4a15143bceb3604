import type { YAMLMap, YAMLSeq } from 'yaml';
import { isMap, isNode, isScalar, isSeq } from 'yaml';
import { PortolanError } from '../base/errors.ts';
import { instantText } from '../base/instant-text.ts';
import type { Instant } from '../model/core.ts';
import type { DeviceState, PolicyEndpoint, PolicyRule, ServiceMatch } from '../model/policy.ts';
import type { PolicyDocument } from './document.ts';
import type { Plain } from './emit.ts';
import { flow, scalar } from './emit.ts';
import type { Path } from './problem.ts';
import { endOf, pairOf, startOf } from './syntax-tree.ts';
import { endpointFields, ruleFields, ruleText, serviceFields } from './write.ts';

/** Replaces what is between two offsets of the text. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * Changes of a policy's text that leave everything else in it as it is, comments and order too: each
 * gives the new text, which is read again before it is kept.
 */

/** @param before id of the rule in front of which it goes; else it is the last */
export function addRule(document: PolicyDocument, rule: PolicyRule, before?: string): string {
  return new Editor(document).addRule(rule, before);
}

/** Only what differs is written anew. @throws PortolanError E_NOT_FOUND */
export function replaceRule(document: PolicyDocument, rule: PolicyRule): string {
  return new Editor(document).replaceRule(rule);
}

/** With the comment right above it. @throws PortolanError E_NOT_FOUND */
export function removeRule(document: PolicyDocument, id: string): string {
  return new Editor(document).removeRule(id);
}

/** @throws PortolanError E_NOT_FOUND */
export function setExpires(document: PolicyDocument, id: string, at: Instant | undefined): string {
  return new Editor(document).setExpires(id, at);
}

/** @param name of the endpoint @throws PortolanError E_NOT_FOUND */
export function setState(document: PolicyDocument, name: string, state: DeviceState): string {
  return new Editor(document).set(['endpoints', name], 'state', state);
}

/** Adds it, or puts it in the place of the one that has its name. */
export function setEndpoint(
  document: PolicyDocument,
  name: string,
  endpoint: PolicyEndpoint,
): string {
  return new Editor(document).setMember('endpoints', name, endpointFields(endpoint));
}

/** Adds it, or puts it in the place of the one that has its name. */
export function setService(
  document: PolicyDocument,
  name: string,
  matches: readonly ServiceMatch[],
): string {
  return new Editor(document).setMember('services', name, serviceFields(matches));
}

class Editor {
  readonly #document: PolicyDocument;
  readonly #text: string;
  /** A file that is JSON stays JSON. */
  readonly #json: boolean;

  constructor(document: PolicyDocument) {
    this.#document = document;
    this.#text = document.text;
    this.#json = /^\s*\{/.test(document.text);
  }

  addRule(rule: PolicyRule, before: string | undefined): string {
    const rules = this.#rules();
    if (rules === undefined) return this.#newSection('rules', ruleText(rule), [ruleFields(rule)]);
    const at = before === undefined ? rules.items.length : this.#indexOf(before);
    if (rules.flow === true) return this.#addToFlow(rules, at, this.#flow(ruleFields(rule)));
    const dash = this.#dash(rules, 0);
    const text = ruleText(rule, dash - this.#lineStart(dash));
    const offset =
      at < rules.items.length
        ? this.#commentsAbove(this.#lineStart(this.#dash(rules, at)))
        : this.#lineAfter(endOf(rules.items.at(-1)));
    return this.#applied([this.#insertLines(offset, text)]);
  }

  #addToFlow(rules: YAMLSeq, at: number, text: string): string {
    const next = rules.items[at];
    if (isNode(next)) {
      const from = next.range?.[0] ?? 0;
      return this.#applied([{ from, to: from, text: `${text}, ` }]);
    }
    const from = endOf(rules.items.at(-1));
    return this.#applied([{ from, to: from, text: `, ${text}` }]);
  }

  replaceRule(rule: PolicyRule): string {
    const map = this.#ruleMap(rule.id);
    const wanted = ruleFields(rule);
    const given: unknown = map.toJS(this.#document.yaml);
    const before = new Map(
      typeof given === 'object' && given !== null ? Object.entries(given) : [],
    );
    const changed = Object.entries(wanted).filter(
      ([key, value]) => JSON.stringify(before.get(key)) !== JSON.stringify(value),
    );
    const gone = [...before.keys()].filter((key) => !Object.hasOwn(wanted, key));
    return this.#applied([
      ...changed.flatMap(([key, value]) => this.#setIn(map, key, value)),
      ...gone.flatMap((key) => this.#removeFrom(map, key)),
    ]);
  }

  removeRule(id: string): string {
    const index = this.#indexOf(id);
    const rules = this.#rules();
    const item: unknown = rules?.items[index];
    if (rules === undefined || !isNode(item)) throw this.#byHand(['rules', index]);
    if (rules.flow === true) return this.#applied([this.#withoutComma(rules.items, index, item)]);
    const start = this.#lineStart(this.#dash(rules, index));
    // A comment above the first may be about all of them.
    const from = index === 0 ? start : this.#commentsAbove(start);
    return this.#applied([{ from, to: this.#lineAfter(endOf(item)), text: '' }]);
  }

  setExpires(id: string, at: Instant | undefined): string {
    const map = this.#ruleMap(id);
    return this.#applied(
      at === undefined
        ? this.#removeFrom(map, 'expires')
        : this.#setIn(map, 'expires', instantText(at)),
    );
  }

  set(path: Path, key: string, value: Plain): string {
    return this.#applied(this.#setIn(this.#map(path), key, value));
  }

  setMember(section: string, name: string, value: Plain): string {
    const found = this.#document.yaml.getIn([section], true);
    if (isMap(found)) return this.#applied(this.#setIn(found, name, value));
    const line = `  ${scalar(name)}: ${flow(value)}\n`;
    return this.#newSection(section, line, { [name]: value });
  }

  /** A section that was not there, or had nothing in it. */
  #newSection(key: string, block: string, value: Plain): string {
    const top = this.#document.yaml.contents;
    if (top !== null && !isMap(top)) throw this.#byHand([]);
    const pair = top === null ? undefined : pairOf(top, key);
    if (top?.flow === true) return this.#applied(this.#setIn(top, key, value));
    if (pair === undefined) {
      const gap = this.#text === '' || this.#text.endsWith('\n') ? '' : '\n';
      return `${this.#text}${gap}${key}:\n${block}`;
    }
    const from = isNode(pair.key) ? (pair.key.range?.[1] ?? 0) : 0;
    const colon = this.#text.indexOf(':', from) + 1;
    const old = isNode(pair.value) ? endOf(pair.value) : colon;
    // `rules: []` becomes `rules:`, and what stands behind it on the line stays there.
    const emptied = old > colon ? [{ from: colon, to: old, text: '' }] : [];
    return this.#applied([...emptied, this.#insertLines(this.#lineAfter(old), block)]);
  }

  #setIn(map: YAMLMap, key: string, value: Plain): Splice[] {
    const pair = pairOf(map, key);
    const text = this.#flow(value);
    if (pair === undefined) return [this.#added(map, key, text)];
    const old = pair.value;
    const start = isNode(old) ? old.range?.[0] : undefined;
    if (!isNode(old) || start === undefined || endOf(old) <= start) {
      const from = isNode(pair.key) ? (pair.key.range?.[1] ?? 0) : 0;
      const colon = this.#text.indexOf(':', from) + 1;
      return [{ from: colon, to: colon, text: ` ${text}` }];
    }
    const end = endOf(old);
    const newline = this.#text.slice(start, end).endsWith('\n') ? '\n' : '';
    return [{ from: start, to: end, text: `${text}${newline}` }];
  }

  #added(map: YAMLMap, key: string, text: string): Splice {
    const pair = `${this.#json ? JSON.stringify(key) : scalar(key)}: ${text}`;
    const last = map.items.at(-1);
    if (map.flow === true) {
      const from = last === undefined ? (map.range?.[0] ?? 0) + 1 : endOf(last);
      return { from, to: from, text: last === undefined ? ` ${pair} ` : `, ${pair}` };
    }
    const first = map.items[0]?.key;
    const start = isNode(first) ? (first.range?.[0] ?? 0) : 0;
    const margin = ' '.repeat(start - this.#lineStart(start));
    return this.#insertLines(this.#lineAfter(endOf(last)), `${margin}${pair}\n`);
  }

  #removeFrom(map: YAMLMap, key: string): Splice[] {
    const index = map.items.findIndex((one) => isScalar(one.key) && one.key.value === key);
    const pair = map.items[index];
    const start = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
    if (pair === undefined || start === undefined) return [];
    if (map.flow === true) return [this.#withoutComma(map.items, index, pair)];
    const line = this.#lineStart(start);
    // The first key of a list's item stands behind the dash: the next one takes its place.
    if (this.#text.slice(line, start).trim() !== '') {
      const next = startOf(map.items[index + 1]);
      return [{ from: start, to: next ?? endOf(pair), text: next === undefined ? '{}' : '' }];
    }
    return [{ from: line, to: this.#lineAfter(endOf(pair)), text: '' }];
  }

  /** Between brackets: with the comma in front of it, or behind it if it is the first. */
  #withoutComma(items: readonly unknown[], index: number, item: unknown): Splice {
    if (index > 0) return { from: endOf(items[index - 1]), to: endOf(item), text: '' };
    const from = startOf(item) ?? 0;
    return { from, to: startOf(items[1]) ?? endOf(item), text: '' };
  }

  #flow(value: Plain): string {
    return this.#json ? JSON.stringify(value) : flow(value);
  }

  #rules(): YAMLSeq | undefined {
    const rules = this.#document.yaml.getIn(['rules'], true);
    return isSeq(rules) && rules.items.length > 0 ? rules : undefined;
  }

  #indexOf(id: string): number {
    const index = (this.#rules()?.items ?? []).findIndex(
      (item) => isMap(item) && item.get('id') === id,
    );
    if (index >= 0) return index;
    throw new PortolanError('E_NOT_FOUND', `${this.#document.file} has no rule ${id}`, {
      remedy: 'List the rules: portolan policy show',
    });
  }

  #ruleMap(id: string): YAMLMap {
    return this.#map(['rules', this.#indexOf(id)]);
  }

  #map(path: Path): YAMLMap {
    const node = this.#document.yaml.getIn(path, true);
    if (isMap(node)) return node;
    throw this.#byHand(path);
  }

  #byHand(path: Path): PortolanError {
    const { file, line, excerpt } = this.#document.place(path);
    return new PortolanError(
      'E_POLICY',
      `${file}:${line}: what stands there cannot be edited for you`,
      {
        remedy: 'Edit it by hand: portolan policy edit',
        excerpt,
      },
    );
  }

  /** Offset of the dash of an item in a block list. */
  #dash(list: YAMLSeq, index: number): number {
    const token = list.srcToken;
    const starts = token?.type === 'block-seq' ? (token.items[index]?.start ?? []) : [];
    const dash = starts.find(({ type }) => type === 'seq-item-ind');
    if (dash === undefined) throw this.#byHand(['rules', index]);
    return dash.offset;
  }

  #lineStart(offset: number): number {
    return this.#text.lastIndexOf('\n', offset - 1) + 1;
  }

  /** Start of the line behind the one in which a value ends; a block scalar ends with its line. */
  #lineAfter(end: number): number {
    if (end > 0 && this.#text[end - 1] === '\n') return end;
    const newline = this.#text.indexOf('\n', end);
    return newline === -1 ? this.#text.length : newline + 1;
  }

  /** Start of the comment lines that stand right above a line. */
  #commentsAbove(lineStart: number): number {
    let start = lineStart;
    while (start > 0) {
      const above = this.#lineStart(start - 1);
      if (!this.#text.slice(above, start).trimStart().startsWith('#')) return start;
      start = above;
    }
    return start;
  }

  #insertLines(offset: number, lines: string): Splice {
    const open = offset > 0 && this.#text[offset - 1] !== '\n';
    return { from: offset, to: offset, text: `${open ? '\n' : ''}${lines}` };
  }

  /** From the last to the first, so that offsets stay true. */
  #applied(splices: readonly Splice[]): string {
    return [...splices]
      .map((splice, index) => ({ splice, index }))
      .sort((a, b) => b.splice.from - a.splice.from || b.index - a.index)
      .reduce(
        (text, { splice: { from, to, text: put } }) => text.slice(0, from) + put + text.slice(to),
        this.#text,
      );
  }
}
