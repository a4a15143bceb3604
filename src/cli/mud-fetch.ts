import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { untrusted } from '../base/untrusted.ts';
import { fetchOverHttps } from '../io/mud/fetch.ts';
import type { KeptMud, MudLibrary } from '../io/mud/library.ts';
import type { SignatureVerdict } from '../io/mud/signature.ts';
import { readPolicyText } from '../io/policy-file.ts';
import { bindContext } from '../io/site/bind-context.ts';
import type { Session } from '../io/site/session.ts';
import { who, withSession } from '../io/site/session.ts';
import type { MudComparison } from '../policy/mud/compare.ts';
import { compareMuds } from '../policy/mud/compare.ts';
import type { Mud } from '../policy/mud/mud.ts';
import { authorityOf } from '../policy/mud/mud.ts';
import { examinePolicy } from '../policy/read.ts';
import type { Input } from './command.ts';
import { jsonDocument, timeText } from './format.ts';
import { changeLine } from './mud-changes.ts';
import {
  freshUntil,
  mudLibrary,
  mudOrRefuse,
  readMudFile,
  readSmallFile,
  signatureOf,
  textOf,
  warnOf,
} from './mud-file.ts';
import { policyFile } from './policy-run.ts';
import type { Shell } from './shell.ts';

/** RFC 8520 §1.5, §13.1. */
const MUD_TYPE = 'application/mud+json, application/json;q=0.5';
const SIGNATURE_TYPE = 'application/pkcs7-signature';
const SIGNATURE_LIMIT = 1_000_000;

/**
 * Gets a MUD file because somebody asks for it: nothing is ever fetched unasked. It is kept beside
 * the database and changes no rule by itself. What is unsigned, or allows more than the version
 * before, waits for a yes (`--approve`), and the status is 6.
 */
export function runMudFetch(shell: Shell, input: Input, url: string): Promise<number> {
  if (authorityOf(url) === undefined) {
    throw new PortolanError('E_USAGE', 'MUD files are fetched from https URLs only', {
      remedy: 'For example: portolan mud fetch https://mud.example.com/bulb.json',
    });
  }
  return withSession(shell, async (session) => {
    const library = mudLibrary(shell);
    const approve = input.flag('approve');
    const before = library.get('in-use', url);
    // A yes is to what was looked at, and not to what the server says by now.
    const waiting = approve ? library.get('waiting', url) : undefined;
    if (waiting === undefined && before !== undefined && isFresh(before.about, shell.now())) {
      return stillFresh(shell, before.about);
    }
    const got =
      waiting === undefined
        ? await get(shell, input, url, session)
        : seen(shell, input, waiting, url);
    const old = before === undefined ? undefined : oldMud(shell, input, before.content, url);
    const change = old === undefined ? undefined : compared(shell, input, session, old, got.mud);
    return settle(shell, session, library, { ...got, change, approve });
  });
}

/** RFC 8520 §3.5: its server is not asked again; what came by other means was never asked for. */
function isFresh({ source, freshUntil: until }: KeptMud, now: number): boolean {
  return source === 'fetched' && until > now;
}

function stillFresh(shell: Shell, file: KeptMud): number {
  const until = timeText(shell, file.freshUntil);
  shell.say(`The file that is here is valid until ${until}: it is not asked for again before.`);
  if (shell.json) shell.out(jsonDocument('mud-fetch', { url: file.url, fetched: false, file }));
  return 0;
}

function seen(
  shell: Shell,
  input: Input,
  { about, content }: { readonly about: KeptMud; readonly content: Uint8Array },
  url: string,
): Got {
  const mud = mudOrRefuse(url, readMudFile(shell, input, content, url));
  const signer =
    about.signer === undefined
      ? {}
      : { signer: { subject: untrusted(''), fingerprint: about.signer } };
  return {
    source: about.source,
    mud,
    content,
    verdict: { state: about.signature, ...signer, why: WHY[about.signature] },
  };
}

/** Of a file that waits. */
const WHY: Readonly<Record<KeptMud['signature'], string>> = {
  good: 'It is signed by who signs for this maker',
  unsigned: 'It has no signature',
  'unknown-signer': 'Nobody has said yet that its signer speaks for this maker',
  'wrong-signer': 'It is signed by another than who signs for this maker',
  untrusted: 'No certificate that is trusted here vouches for who signed it',
  changed: 'Its signature is not of this file',
};

interface Got {
  readonly source: KeptMud['source'];
  readonly mud: Mud;
  readonly content: Uint8Array;
  readonly verdict: SignatureVerdict;
}

async function get(shell: Shell, input: Input, url: string, session: Session): Promise<Got> {
  const ca = input.text('ca');
  const options = {
    stop: shell.stop,
    ...(ca === undefined ? {} : { ca: textOf(readSmallFile(ca)) }),
  };
  const content = await fetchOverHttps(url, MUD_TYPE, options);
  if (content === undefined) {
    throw new PortolanError('E_NOT_FOUND', `There is no file at ${forTerminal(url)}`, {
      remedy: 'Ask the maker of the device for its MUD file',
    });
  }
  const read = readMudFile(shell, input, content, url);
  warnOf(
    shell,
    url,
    read.diagnostics.filter(({ level }) => level !== 'error'),
  );
  const mud = mudOrRefuse(url, read);
  const place = mud.signature ?? `${url}.p7s`;
  // Off the authority nobody is asked: whoever is named there is not vouched for.
  const signature =
    authorityOf(place) === mud.authority
      ? await fetchOverHttps(place, SIGNATURE_TYPE, { ...options, limit: SIGNATURE_LIMIT })
      : undefined;
  const verdict = await signatureOf(shell, input, mud, { content, signature }, session);
  if (verdict.state !== 'changed') return { source: 'fetched', mud, content, verdict };
  throw new PortolanError('E_INPUT_MALFORMED', `${forTerminal(url)}: ${verdict.why}`, {
    remedy: 'Nothing was kept. Try again later, or ask the maker',
  });
}

/** What is no longer readable is as if it were not there. */
function oldMud(shell: Shell, input: Input, content: Uint8Array, url: string): Mud | undefined {
  const read = readMudFile(shell, input, content, url);
  return read.ok ? read.mud : undefined;
}

function compared(
  shell: Shell,
  input: Input,
  session: Session,
  before: Mud,
  after: Mud,
): MudComparison {
  const file = policyFile(shell, input);
  const text = readPolicyText(file);
  const endpoints = text === undefined ? {} : (examinePolicy(text, file).policy?.endpoints ?? {});
  return compareMuds(before, after, bindContext(shell, session), endpoints);
}

interface Fetched extends Got {
  readonly change: MudComparison | undefined;
  readonly approve: boolean;
}

function settle(
  shell: Shell,
  { store }: Session,
  library: MudLibrary,
  { source, mud, content, verdict, change, approve }: Fetched,
): number {
  const doubts = [
    ...(verdict.state === 'good' ? [] : [verdict.why]),
    ...(change?.wider === true ? ['It allows more than the version that is here'] : []),
  ];
  const at = shell.now();
  const isKept = doubts.length === 0 || approve;
  const about: KeptMud = {
    url: mud.url,
    source,
    at,
    signature: verdict.state,
    ...(verdict.signer === undefined ? {} : { signer: verdict.signer.fingerprint }),
    ...(doubts.length > 0 && approve ? { approved: { by: who(), at } } : {}),
    freshUntil: freshUntil(mud, at),
  };
  if (isKept && verdict.state === 'unknown-signer' && verdict.signer !== undefined) {
    library.addSigner(mud.authority, verdict.signer.fingerprint);
  }
  library.put(isKept ? 'in-use' : 'waiting', about, content);
  if (isKept && doubts.length > 0) {
    store.audit({ at, who: who(), what: `mud fetch ${mud.url}`, why: doubts.join('; ') });
  }
  print(shell, about, change, doubts, isKept);
  return isKept ? 0 : 6;
}

function print(
  shell: Shell,
  about: KeptMud,
  change: MudComparison | undefined,
  doubts: readonly string[],
  isKept: boolean,
): void {
  const { allowed, denied } = changesOf(change);
  if (shell.json) {
    const place = isKept ? 'in-use' : 'waiting';
    const facts = { url: about.url, fetched: true, place, file: about, doubts };
    shell.out(jsonDocument('mud-fetch', { ...facts, newlyAllowed: allowed, newlyDenied: denied }));
  } else {
    for (const line of allowed) shell.out(`newly allowed\t${line}\n`);
    for (const line of denied) shell.out(`newly denied\t${line}\n`);
  }
  for (const doubt of doubts) shell.warn(doubt);
  shell.say(
    isKept
      ? `Kept. Its rules for a device: portolan mud import ${about.url} --device DEVICE`
      : `Kept aside; nothing uses it. If it is right: portolan mud fetch ${about.url} --approve`,
  );
}

/** By name where addresses show nothing: what a name stands for may not be known. */
function changesOf(change: MudComparison | undefined): {
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
} {
  if (change === undefined) return { allowed: [], denied: [] };
  const { resolved, symbolic } = change.difference;
  const shown = resolved.equal ? symbolic : resolved;
  return { allowed: shown.newlyAllowed.map(changeLine), denied: shown.newlyDenied.map(changeLine) };
}
