import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { loadConfig } from '../io/config.ts';
import { loadPolicy, readPolicyText, savePolicy } from '../io/policy-file.ts';
import { firstPolicy } from '../io/site/first-policy.ts';
import { findDevice, withSession } from '../io/site/session.ts';
import type { DeviceState, Policy } from '../model/policy.ts';
import { removeRule, setEndpoint, setState } from '../policy/edit.ts';
import type { ReadPolicy } from '../policy/read.ts';
import { examinePolicy } from '../policy/read.ts';
import { count } from './format.ts';
import { linesOf } from './policy-check.ts';
import type { Shell } from './shell.ts';

/** Never over a policy that is there. */
export function runInit(shell: Shell, file: string, dryRun: boolean): Promise<number> {
  if (!dryRun && readPolicyText(file) !== undefined) {
    throw new PortolanError('E_USAGE', `There is a policy already: ${file}`, {
      remedy: 'Change it: portolan policy edit',
    });
  }
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  return withSession(shell, async (session) => {
    const { policy, text } = await firstPolicy(session.site().devices, settings.zones);
    if (dryRun) shell.out(text);
    else {
      savePolicy(file, undefined, text);
      shell.say(
        `Wrote ${file}: ${count(Object.keys(policy.zones).length, 'zone')}, ${count(
          Object.keys(policy.endpoints).length,
          'device',
        )}. Nothing is denied yet. Look it over: portolan policy edit`,
      );
    }
    return 0;
  });
}

export function runRemove(
  shell: Shell,
  file: string,
  [id]: readonly string[],
  dryRun: boolean,
): Promise<number> {
  if (id === undefined) throw missing('a rule', 'portolan policy rm r7');
  const loaded = loadPolicy(file);
  const text = removeRule(loaded.document, id);
  keep(shell, { file, before: loaded.text, text, dryRun });
  if (!dryRun) shell.say(`Removed ${id}. As it was before: ${file}.1`);
  return Promise.resolve(0);
}

const STATES: readonly DeviceState[] = ['observing', 'learned', 'trial', 'enforcing', 'quarantine'];

export function runSetState(
  shell: Shell,
  file: string,
  [wanted, word]: readonly string[],
  dryRun: boolean,
): Promise<number> {
  if (wanted === undefined) throw missing('a device', 'portolan policy set-state 7f3k trial');
  const state = STATES.find((one) => one === word);
  if (state === undefined) {
    throw new PortolanError('E_USAGE', `${JSON.stringify(word ?? '')} is no state of a device`, {
      remedy: `One of: ${STATES.join(', ')}`,
    });
  }
  const loaded = loadPolicy(file);
  return withSession(shell, (session) => {
    const name = endpointOf(loaded.policy, wanted, () => findDevice(session.site(), wanted).id);
    const text =
      name.isNew === undefined
        ? setState(loaded.document, name.name, state)
        : setEndpoint(loaded.document, name.name, {
            kind: 'device',
            device: name.isNew,
            addresses: [],
            state,
          });
    keep(shell, { file, before: loaded.text, text, dryRun });
    if (!dryRun)
      shell.say(`${wanted} is ${state} now. It takes effect when the policy is applied.`);
    return 0;
  });
}

/** By the endpoint's name, or the device's id, name or address; a device without endpoint gets one. */
function endpointOf(
  policy: Policy,
  wanted: string,
  deviceId: () => string,
): { readonly name: string; readonly isNew?: string } {
  const direct = Object.hasOwn(policy.endpoints, wanted) ? policy.endpoints[wanted] : undefined;
  if (direct?.kind === 'device') return { name: wanted };
  if (direct !== undefined) {
    throw new PortolanError('E_USAGE', `${JSON.stringify(wanted)} is no device, and has no state`, {
      remedy: 'List them: portolan policy show',
    });
  }
  const byId = (device: string): string | undefined =>
    Object.entries(policy.endpoints).find(
      ([, one]) => one.kind === 'device' && one.device === device,
    )?.[0];
  const typed = byId(`PTL-D-${wanted.toUpperCase().replace(/^PTL-D-/, '')}`);
  if (typed !== undefined) return { name: typed };
  const id = deviceId();
  const known = byId(id);
  if (known !== undefined) return { name: known };
  return { name: `device-${id.toLowerCase().replace(/^ptl-d-/, '')}`, isNew: id };
}

function missing(what: string, example: string): PortolanError {
  return new PortolanError('E_USAGE', `That needs ${what}`, { remedy: `For example: ${example}` });
}

interface Kept {
  readonly file: string;
  readonly before: string;
  readonly text: string;
  readonly dryRun: boolean;
}

function keep(shell: Shell, { file, before, text, dryRun }: Kept): ReadPolicy | undefined {
  if (!dryRun) return savePolicy(file, before, text);
  shell.out(text);
  return undefined;
}

/** The person's text is kept whatever happens: in the draft until it is saved. */
export function runEdit(shell: Shell, file: string): Promise<number> {
  const before = readPolicyText(file);
  if (before === undefined) {
    throw new PortolanError('E_NOT_FOUND', `There is no policy ${file}`, {
      remedy: 'Make one from what is known of the network: portolan policy init',
    });
  }
  const folder = mkdtempSync(join(tmpdir(), 'portolan-policy-'));
  const draft = join(folder, 'policy.yaml');
  writeFileSync(draft, before, { mode: 0o600 });
  try {
    openEditor(shell, draft);
  } catch (error) {
    // Nothing was written yet: there is nothing to keep.
    if (readFileSync(draft, 'utf8') === before) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const text = readFileSync(draft, 'utf8');
  const errors = examinePolicy(text, draft).diagnostics.filter(({ level }) => level === 'error');
  if (errors.length > 0) {
    const lines = errors.slice(0, 20).flatMap((error) => linesOf(error).trimEnd().split('\n'));
    for (const line of lines) shell.say(line);
    throw new PortolanError('E_POLICY', `Not saved, with ${count(errors.length, 'error')}`, {
      remedy: `Your text is in ${draft}. Correct it there, then: cp ${draft} ${file}`,
    });
  }
  if (text === before) shell.say('Nothing was changed.');
  else {
    saveDraft(file, before, text, draft);
    shell.say(`Saved ${file}. As it was before: ${file}.1`);
  }
  rmSync(folder, { recursive: true, force: true });
  return Promise.resolve(0);
}

function saveDraft(file: string, before: string, text: string, draft: string): void {
  try {
    savePolicy(file, before, text);
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    throw new PortolanError(error.code, error.message, {
      remedy: `Your text is in ${draft}. ${error.remedy}`,
      cause: error,
    });
  }
}

/** $VISUAL or $EDITOR may hold arguments, as with git and sudo; nothing of ours goes through a shell. */
function openEditor(shell: Shell, draft: string): void {
  const words = (shell.env['VISUAL'] ?? shell.env['EDITOR'] ?? 'vi').trim().split(/\s+/);
  const [program = 'vi', ...args] = words;
  const { error, status } = spawnSync(program, [...args, draft], { stdio: 'inherit' });
  if (error === undefined && status === 0) return;
  throw new PortolanError(
    error === undefined ? 'E_USAGE' : 'E_MISSING_TOOL',
    `The editor ${JSON.stringify(program)} ${error === undefined ? `ended with ${String(status)}` : 'cannot be started'}`,
    {
      remedy: `Set EDITOR to one that works; what you wrote, if anything, is in ${draft}`,
      ...(error === undefined ? {} : { cause: error }),
    },
  );
}
