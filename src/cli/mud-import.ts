import { basename } from 'node:path';
import { unionOf } from '../base/address-set.ts';
import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { reveal } from '../base/untrusted.ts';
import type { SignatureVerdict } from '../io/mud/signature.ts';
import { loadPolicy, savePolicy } from '../io/policy-file.ts';
import { bindContext } from '../io/site/bind-context.ts';
import { endpointNames } from '../io/site/endpoint-names.ts';
import type { Session } from '../io/site/session.ts';
import { findDevice, who, withSession } from '../io/site/session.ts';
import type { PolicyRule } from '../model/policy.ts';
import { bindPolicy } from '../policy/bind.ts';
import type { BindContext } from '../policy/bind-context.ts';
import { networkSet } from '../policy/check-zones.ts';
import { isNotWider } from '../policy/decide/difference.ts';
import type { Mud } from '../policy/mud/mud.ts';
import { authorityOf } from '../policy/mud/mud.ts';
import type { MudDevice, MudPolicy } from '../policy/mud/mud-policy.ts';
import { mudPolicy } from '../policy/mud/mud-policy.ts';
import type { MudRecording } from '../policy/mud/record.ts';
import { asEnforced, recordMud } from '../policy/mud/record.ts';
import { readPolicy } from '../policy/read.ts';
import type { Input } from './command.ts';
import { count, jsonDocument } from './format.ts';
import {
  freshUntil,
  mudLibrary,
  mudOrRefuse,
  readIfThere,
  readMudFile,
  readSmallFile,
  signatureOf,
  warnOf,
} from './mud-file.ts';
import { policyFile } from './policy-run.ts';
import type { Shell } from './shell.ts';

/** A file, and what is known of who made it. */
interface Offer {
  readonly mud: Mud;
  readonly content: Uint8Array;
  readonly verdict: SignatureVerdict;
  /** Somebody said yes to the file itself before. */
  readonly approved: boolean;
}

/**
 * Rules of a MUD file into the policy. Without a person's yes (`--approve`) it may only narrow what
 * the device is allowed; else nothing is changed, and the status is 6.
 */
export function runMudImport(shell: Shell, input: Input, what: string): Promise<number> {
  return withSession(shell, async (session) => {
    const offer = await offerOf(shell, input, what, session);
    const file = policyFile(shell, input);
    const before = loadPolicy(file);
    const site = session.site();
    const id = findDevice(site, wantedDevice(input)).id;
    const device = { id, endpoint: endpointNames(site, before.policy).get(id) ?? id };
    const context = bindContext(shell, session);
    const inside = Object.values(before.policy.zones).filter(({ internet }) => !internet);
    const said = mudPolicy(offer.mud, device, {
      localNetworks: unionOf(
        context.localNetworks,
        ...inside.map(({ networks }) => networkSet(networks)),
      ),
      endpoints: before.policy.endpoints,
    });
    const recording = recordMud(
      before.document,
      before.policy,
      device,
      said,
      input.flag('replace'),
    );
    const doubts = [
      ...doubtsAbout(offer, device, context),
      ...widening(before.policy, readPolicy(recording.text, file).policy, device, context),
    ];
    const isRefused = doubts.length > 0 && !input.flag('approve');
    print(shell, { device, offer, said, recording, doubts, isRefused });
    if (isRefused) return 6;
    if (input.flag('dryRun')) return 0;
    savePolicy(file, before.text, recording.text);
    keep(shell, session, offer, doubts);
    shell.say(`Written to ${file}. Rules count from the state trial on, and when it is applied.`);
    return 0;
  });
}

function wantedDevice(input: Input): string {
  const wanted = input.text('device');
  if (wanted !== undefined) return wanted;
  throw new PortolanError('E_USAGE', 'Whose rules are they?', {
    remedy: 'Name the device: portolan mud import FILE --device DEVICE',
  });
}

/** @param what a file, or the URL of one that was fetched */
async function offerOf(shell: Shell, input: Input, what: string, session: Session): Promise<Offer> {
  if (authorityOf(what) !== undefined) return fetchedOffer(shell, input, what);
  const content = readSmallFile(what);
  const read = readMudFile(shell, input, content);
  warnOf(
    shell,
    basename(what),
    read.diagnostics.filter(({ level }) => level !== 'error'),
  );
  const mud = mudOrRefuse(what, read);
  const chosen = input.text('signature');
  const signature = chosen === undefined ? readIfThere(`${what}.p7s`) : readSmallFile(chosen);
  const verdict = await signatureOf(shell, input, mud, { content, signature }, session);
  if (verdict.state === 'changed') {
    throw new PortolanError('E_INPUT_MALFORMED', `${what}: ${verdict.why}`, {
      remedy: 'Get both from their maker again; nothing was changed here',
    });
  }
  return { mud, content, verdict, approved: false };
}

function fetchedOffer(shell: Shell, input: Input, url: string): Offer {
  const found = mudLibrary(shell).get('in-use', url);
  if (found === undefined) {
    throw new PortolanError('E_NOT_FOUND', `No file of ${url} is here that could be used`, {
      remedy: `Fetch it: portolan mud fetch ${url}`,
    });
  }
  const { about, content } = found;
  const mud = mudOrRefuse(url, readMudFile(shell, input, content, url));
  const verdict = { state: about.signature, why: 'As it was when it was fetched' };
  return { mud, content, verdict, approved: about.approved !== undefined };
}

/** Why a person has to say yes, besides what the file allows. */
function doubtsAbout(offer: Offer, device: MudDevice, context: BindContext): readonly string[] {
  const given = context.devices.find(({ id }) => id === device.id)?.mudUrl;
  const { mud, verdict, approved } = offer;
  return [
    ...(verdict.state === 'good' || approved ? [] : [`${verdict.why}`]),
    ...(given === undefined || given === mud.url
      ? []
      : ['The device names another MUD file than this one']),
  ];
}

/** What is learned or in force is the limit of what a file may bring unasked. */
function widening(
  before: Parameters<typeof bindPolicy>[0],
  after: Parameters<typeof bindPolicy>[0],
  device: MudDevice,
  context: BindContext,
): readonly string[] {
  const [old, young] = [before, after].map(
    (policy) => bindPolicy(asEnforced(policy, device), context).bound,
  );
  const isSafe = old !== undefined && young !== undefined && isNotWider(young, old);
  return isSafe ? [] : ['It allows more than the policy does now'];
}

function keep(shell: Shell, { store }: Session, offer: Offer, doubts: readonly string[]): void {
  const { mud, content, verdict } = offer;
  const library = mudLibrary(shell);
  if (verdict.state === 'unknown-signer' && verdict.signer !== undefined) {
    library.addSigner(mud.authority, verdict.signer.fingerprint);
  }
  const at = shell.now();
  if (library.get('in-use', mud.url)?.about.source !== 'fetched') {
    library.put(
      'in-use',
      {
        url: mud.url,
        source: 'file',
        at,
        signature: verdict.state,
        ...(verdict.signer === undefined ? {} : { signer: verdict.signer.fingerprint }),
        ...(doubts.length === 0 ? {} : { approved: { by: who(), at } }),
        freshUntil: freshUntil(mud, at),
      },
      content,
    );
  }
  if (doubts.length > 0) {
    store.audit({ at, who: who(), what: `mud import ${mud.url}`, why: doubts.join('; ') });
  }
}

interface Outcome {
  readonly device: MudDevice;
  readonly offer: Offer;
  readonly said: MudPolicy;
  readonly recording: MudRecording;
  readonly doubts: readonly string[];
  readonly isRefused: boolean;
}

function print(shell: Shell, outcome: Outcome): void {
  const { device, offer, said, recording, doubts, isRefused } = outcome;
  const { added, removed } = recording;
  if (shell.json) {
    shell.out(
      jsonDocument('mud-import', {
        device: device.id,
        url: offer.mud.url,
        signature: offer.verdict,
        imported: !isRefused,
        doubts,
        added,
        removed,
        todo: said.todo,
      }),
    );
  } else {
    const { systemInfo } = offer.mud;
    const about =
      systemInfo === undefined ? '' : `: ${forTerminal(reveal(systemInfo)).slice(0, 120)}`;
    shell.say(`${offer.mud.url}${about}`);
    for (const rule of removed) shell.out(`- ${ruleLine(rule)}\n`);
    for (const rule of added) shell.out(`+ ${ruleLine(rule)}\n`);
    for (const { text } of said.todo) shell.warn(`To do: ${text}`);
  }
  shell.say(`${count(added.length, 'new rule')}, ${count(removed.length, 'rule')} removed.`);
  if (!isRefused) return;
  for (const doubt of doubts) shell.warn(doubt);
  shell.say('Nothing was changed. Look at the rules above, and if they are right: --approve');
}

export function ruleLine({ from, to, service, action, side, family, id }: PolicyRule): string {
  const of = family === undefined ? '' : ` (IPv${family})`;
  return forTerminal(`${action} ${from} → ${to} ${service}${of}, ${side} (${id})`);
}
