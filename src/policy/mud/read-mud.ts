import { aclViews, extractMud } from './extract.ts';
import type { JsonNode, JsonObject } from './json-tree.ts';
import { parseJson, placesIn } from './json-tree.ts';
import type { Rewrite } from './lenient.ts';
import { rewriteOldForms } from './lenient.ts';
import { MUD_MODULES } from './modules.ts';
import type { Mud, MudDiagnostic } from './mud.ts';
import { MOST } from './mud.ts';
import type { Finding, SemanticContext } from './semantics.ts';
import { aceFindings, directionFindings, fileFindings } from './semantics.ts';
import { View } from './view.ts';
import { yangFaults } from './yang.ts';

export interface ReadMudOptions extends SemanticContext {
  /** Forms from before 2019 are read, too, and each is told. */
  readonly lenient?: boolean;
}

export type ReadMud =
  | { readonly ok: true; readonly mud: Mud; readonly diagnostics: readonly MudDiagnostic[] }
  /** At least one of them is an error. */
  | { readonly ok: false; readonly diagnostics: readonly MudDiagnostic[] };

/** Of the same kind and level, printed one by one. */
const MOST_FINDINGS = 1000;

/**
 * Reads a MUD file (RFC 8520) and tells all that is wrong or odd, in the order of the text. Never
 * throws, whatever the text is.
 *
 * It is held to the YANG modules first, then to what no module can say. Each ACL is checked by
 * itself: the condition in RFC 8519's module looks at the types of all ACLs of a file together.
 */
export function readMud(text: string, options: ReadMudOptions = {}): ReadMud {
  const place = placesIn(text);
  const say = (finding: Finding): MudDiagnostic => {
    const { level, code, path, message } = finding;
    return { level, code, path, ...place(finding.at), message };
  };
  const refuse = (code: string, at: number, message: string): ReadMud => ({
    ok: false,
    diagnostics: [say({ level: 'error', code, path: '/', at, message })],
  });
  if (text.length > MOST.characters) {
    return refuse('too-large', 0, `The file has more than ${MOST.characters} characters`);
  }
  const parsed = parseJson(text);
  if (!parsed.ok) return refuse('json', parsed.at, `This is no JSON: ${parsed.why}`);
  const { root, rewrites } = options.lenient
    ? rewriteOldForms(parsed.root)
    : { root: parsed.root, rewrites: [] };
  if (root.kind !== 'object') return refuse('json', root.at, 'A MUD file is a map in { }');
  const findings = [...rewrites.map(ofRewrite), ...findingsOf(root, options)];
  const mud = findings.some(({ level }) => level === 'error') ? undefined : mudOf(root);
  if (mud !== undefined) findings.push(...directionFindings(mud));
  const diagnostics = findings
    .toSorted((a, b) => a.at - b.at)
    .slice(0, MOST_FINDINGS)
    .map(say);
  return mud === undefined ? { ok: false, diagnostics } : { ok: true, mud, diagnostics };
}

/** Whether a document calls itself a MUD file; of its first characters. */
export function looksLikeMud(start: string): boolean {
  return /^\ufeff?\s*\{/.test(start) && /"ietf-mud:mud"\s*:/.test(start);
}

function ofRewrite({ at, message }: Rewrite): Finding {
  return {
    level: 'note',
    code: 'old-form',
    path: '/',
    at,
    message: `Form from before 2019: ${message}`,
  };
}

function findingsOf(root: JsonObject, options: ReadMudOptions): Finding[] {
  const faults = yangFaults(root, MUD_MODULES).map((fault): Finding => {
    const name = fault.path === '' ? 'The file' : fault.path;
    return {
      ...fault,
      path: fault.path === '' ? '/' : fault.path,
      message: `${name}: ${fault.message}`,
    };
  });
  if (faults.some(({ level }) => level === 'error')) return faults;
  const top = new View(root, '');
  const mud = top.map('mud');
  if (mud === undefined) {
    const message = 'There is no "ietf-mud:mud" in the file, so it is no MUD file';
    return [...faults, { level: 'error', code: 'no-mud', path: '/', at: root.at, message }];
  }
  const entries = aclViews(top).map((acl) => acl.map('aces')?.list('ace').length ?? 0);
  if (entries.reduce((sum, length) => sum + length, 0) > MOST.aces) {
    const message = `The file has more than ${MOST.aces} ACEs`;
    return [...faults, { level: 'error', code: 'too-large', path: '/', at: root.at, message }];
  }
  return [...faults, ...fileFindings(top, mud, options), ...aceFindings(top, mud)];
}

function mudOf(root: JsonNode): Mud | undefined {
  if (root.kind !== 'object') return undefined;
  const top = new View(root, '');
  const mud = top.map('mud');
  return mud === undefined ? undefined : extractMud(top, mud);
}
