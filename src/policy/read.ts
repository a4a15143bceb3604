import type { z } from 'zod';
import type { Policy } from '../model/policy.ts';
import { checkPolicy } from './check.ts';
import type { PolicyDocument } from './document.ts';
import { readDocument } from './document.ts';
import type { Diagnostic, Path, Problem } from './problem.ts';
import { refuse } from './problem.ts';
import { policySchema } from './schema.ts';
import { didYouMean, shown } from './schema-values.ts';

const REMEDY = 'Correct that line; what may stand there: portolan policy schema';

/** A policy with the text that it came from. */
export interface ReadPolicy {
  readonly policy: Policy;
  readonly document: PolicyDocument;
  /** What its author should know; nothing of it is an error. */
  readonly warnings: readonly Diagnostic[];
}

export interface ExaminedPolicy {
  /** Undefined where the text has not the form of a policy. */
  readonly policy?: Policy;
  /** Undefined where it is not even YAML. */
  readonly document?: PolicyDocument;
  /** All that is wrong or odd, in the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * @param file as it is to be named in errors
 * @throws PortolanError E_POLICY with file, line and column, the rule's id and what to do
 */
export function readPolicy(text: string, file: string): ReadPolicy {
  const { policy, document, diagnostics } = examinePolicy(text, file);
  refuse(diagnostics);
  if (policy === undefined || document === undefined) throw new Error('refused without a reason');
  return { policy, document, warnings: diagnostics };
}

/** Everything that is to be said of a text; never throws. */
export function examinePolicy(text: string, file: string): ExaminedPolicy {
  const read = readDocument(text, file);
  if (!read.ok) return { diagnostics: [read.diagnostic] };
  const { document, value } = read;
  const given = withoutNulls(value);
  const parsed = policySchema.safeParse(given, { reportInput: true });
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => problemOf(issue, given));
    return { document, diagnostics: placed(problems, document) };
  }
  const policy: Policy = parsed.data;
  return { policy, document, diagnostics: placed(checkPolicy(policy), document) };
}

/** In the order of the text; a problem with a key of its own points at the key. */
export function placed(problems: readonly Problem[], document: PolicyDocument): Diagnostic[] {
  return problems
    .map((problem) => ({
      ...problem,
      place: document.place(problem.path, isUnknownKey(problem)),
      ...(problem.related === undefined ? {} : { relatedPlace: document.place(problem.related) }),
    }))
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
}

function isUnknownKey({ message }: Problem): boolean {
  return message.startsWith('unknown key');
}

/** `rules:` with nothing below it is a section that was left out; one level down, for `nat`, too. */
function withoutNulls(value: unknown, levels = 2): unknown {
  if (!isRecord(value) || levels === 0) return value;
  const given = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(
    given.map(([key, one]) => [key, isSection(key) ? withoutNulls(one, levels - 1) : one]),
  );
}

function isSection(key: string): boolean {
  return key === 'nat' || key === 'guard';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Issue = z.core.$ZodIssue;

function problemOf(raw: Issue, policy: unknown): Problem {
  const { issue, path } = sharpest(raw, []);
  const id = idAt(path, policy);
  const key = path.at(-1);
  const at = issue.code === 'unrecognized_keys' ? [...path, issue.keys[0] ?? ''] : path;
  const subject =
    issue.code === 'unrecognized_keys' || key === undefined ? '' : `${subjectOf(path)}: `;
  return {
    level: 'error',
    path: at,
    ...(id === undefined ? {} : { id }),
    message: `${subject}${messageOf(issue)}`,
    remedy: REMEDY,
  };
}

/** `to`, `zones "iot"`, `networks 2`: what the last keys of a path say to a person. */
function subjectOf(path: Path): string {
  const [before, last] = [path.at(-2), path.at(-1)];
  if (typeof last === 'number') return `${before ?? ''} ${last + 1}`;
  const named = path.length === 2 && ['zones', 'endpoints', 'services'].includes(String(before));
  return named ? `${before} ${shown(String(last))}` : shownKey(String(last));
}

function shownKey(key: string): string {
  return /^[a-zA-Z]{1,20}$/.test(key) ? key : shown(key);
}

/** Of the alternatives of a union the one that the value was meant for: what failed farthest in. */
function sharpest(issue: Issue, before: Path): { issue: Issue; path: Path } {
  const path = [...before, ...issue.path.map((key) => (typeof key === 'symbol' ? '' : key))];
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    const [inner] = issue.issues;
    return inner === undefined ? { issue, path } : { issue: { ...inner, path: [] }, path };
  }
  if (issue.code !== 'invalid_union') return { issue, path };
  const candidates = issue.errors
    .flatMap((alternative) => alternative.slice(0, 1))
    .map((one) => sharpest(one, path));
  const fitting = candidates.filter(
    (one) => one.issue.code !== 'invalid_type' || one.path.length > path.length,
  );
  const [best] = fitting.sort((a, b) => b.path.length - a.path.length);
  if (best !== undefined) return best;
  const expected = candidates.map((one) => expectedOf(one.issue)).filter((word) => word !== '');
  const message = `${[...new Set(expected)].join(' or ')} is expected, not ${kindOf(issue.input)}`;
  return { issue: { ...issue, code: 'custom', message, path: [] }, path };
}

function messageOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeMessage(issue);
    case 'invalid_value':
      return valueMessage(issue.input, issue.values.map(String), issue.message);
    case 'too_small':
      return issue.origin === 'string' ? issue.message : `is less than ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `is more than ${issue.maximum}`
        : bigMessage(issue.message, issue.maximum);
    default:
      return issue.message;
  }
}

function bigMessage(message: string, most: number | bigint): string {
  return message.startsWith('Too big') ? `has more than ${most} members` : message;
}

function typeMessage(issue: Issue & { code: 'invalid_type' }): string {
  if (issue.input === undefined) return 'is missing';
  if (Array.isArray(issue.input) && issue.expected === 'string') {
    return 'one is expected, not a list: make a group (endpoints) or a service of them';
  }
  if (typeof issue.input === 'number' && issue.expected === 'string') {
    return `${issue.input} is read as a number: put it in quotes`;
  }
  return `${expectedOf(issue)} is expected, not ${kindOf(issue.input)}`;
}

function valueMessage(input: unknown, allowed: readonly string[], message: string): string {
  if (input === undefined) return `is missing: one of ${allowed.join(', ')}`;
  if (allowed.length === 1) return message;
  const text = typeof input === 'object' ? kindOf(input) : shown(String(input));
  return `${text} is not one of ${allowed.join(', ')}${didYouMean(String(input), allowed)}`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of names',
};

function expectedOf(issue: Issue): string {
  if (issue.code === 'invalid_value') return issue.values.map(String).join(', ');
  return issue.code === 'invalid_type' ? (EXPECTED[issue.expected] ?? issue.expected) : '';
}

function kindOf(input: unknown): string {
  if (input === null) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a map';
  return typeof input === 'string' ? shown(input) : String(input);
}

/** The rule's, forward's or redirect's that the path leads into, where it is fit to be shown. */
function idAt(path: Path, policy: unknown): string | undefined {
  let value: unknown = policy;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === String(step))?.[1];
    if (isRecord(value) && typeof value['id'] === 'string' && typeof step === 'number') {
      return /^[a-z][a-z0-9_-]{0,39}$/.test(value['id']) ? value['id'] : undefined;
    }
  }
  return undefined;
}
