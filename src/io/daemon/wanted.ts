import { parseAddress } from '../../base/address.ts';
import { PortolanError } from '../../base/errors.ts';
import { parseIsoDuration } from '../../base/iso-duration.ts';
import { quote } from '../../base/untrusted.ts';
import type { ChangeRequest, ChangeView, ContainRequest } from '../../model/api/policy.ts';
import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Change } from '../../model/change.ts';
import type { PolicyRule } from '../../model/policy.ts';
import type { Containment } from '../../policy/contain.ts';
import { PREFIX } from '../../policy/contain.ts';
import { deviceKey } from '../../policy/device-key.ts';
import { setEndpoint } from '../../policy/edit.ts';
import { readPolicy } from '../../policy/read.ts';
import type { Edit } from '../apply/containing.ts';
import { containing, edited, policyOf, withRules } from '../apply/containing.ts';
import type { PolicyFile } from '../policy-file.ts';
import { loadPolicy, policyPath, readPolicyText } from '../policy-file.ts';
import { endpointNames } from '../site/endpoint-names.ts';
import { firstPolicy } from '../site/first-policy.ts';
import { admits } from '../site/plan.ts';
import { findDevice } from '../site/session.ts';
import type { DaemonContext } from './context.ts';

/** Milliseconds that a device can be held: whoever wants it for good writes a rule. */
const SHORTEST = 60_000;
const LONGEST = 90 * 86_400_000;
const HTTPS = 443;

/** What a request comes to: a policy to be compiled, and what becomes of the file. */
export interface Wanted {
  readonly title: string;
  /** Undefined for a change that was made elsewhere. */
  readonly policy: PolicyFile | undefined;
  /** What the file was and will be, once it is loaded. */
  readonly edit?: { readonly file: string; readonly before?: string; readonly after: string };
  /** Endpoint that is held, and how the ids of its rules begin. */
  readonly endpoint?: string;
  readonly prefix?: string;
  readonly until?: number;
  readonly alert?: string;
  /** Whether whoever asks could still come here. */
  lockOut(bound: BoundPolicy, client: string, own: ReadonlySet<string>): ChangeView['lockOut'];
}

/** Whose word it is, and what is in force. */
interface Circumstances {
  readonly by: string;
  readonly before: Change | undefined;
}

/** @throws PortolanError E_USAGE, E_NOT_FOUND, E_POLICY */
export async function wantedBy(
  context: DaemonContext,
  request: ChangeRequest,
  { by, before }: Circumstances,
): Promise<Wanted> {
  const { contain, close, policy } = request;
  if ([contain, close, policy].filter((one) => one !== undefined).length !== 1) {
    throw new PortolanError('E_USAGE', 'A change is just one of policy, contain and close', {
      remedy: 'Send for example {"policy": true}',
    });
  }
  if (contain !== undefined) return await containment(context, contain, { by, before });
  if (close !== undefined) return await closing(context, close, by);
  const file = loadPolicy(fileOf(context));
  return { title: 'policy', policy: file, lockOut };
}

async function containment(
  context: DaemonContext,
  { device: wanted, how, service, ttl, alert }: ContainRequest,
  { by, before }: Circumstances,
): Promise<Wanted> {
  const { site } = context.site();
  const held = findDevice(site, wanted);
  const device = held.id;
  const loaded = await policyOrFirst(context);
  const name = endpointNames(site, loaded.policy).get(device) ?? device;
  const until = context.world.now() + lengthOf(ttl);
  const edit = containing({ name, device, how: containmentOf(how, service), until, by });
  const over = (text: PolicyFile): string => edit(text);
  return {
    title: `${quote(held.name)}: ${HELD[how](service ?? '')}`,
    // What is in force, with these rules: drafts that wait in the file do not come in with them.
    policy: edited(policyOf(before, loaded), over),
    edit: fileEdit(loaded, over),
    endpoint: name,
    prefix: `${PREFIX}${deviceKey(device)}-`,
    until,
    ...(alert === undefined ? {} : { alert }),
    lockOut,
  };
}

/** What becomes of a device that is held. */
const HELD: Readonly<Record<ContainRequest['how'], (service: string) => string>> = {
  stop: (service) => `${service} is stopped`,
  'keep-internet': () => 'it reaches no other device, but the internet',
  isolate: () => 'it reaches nobody, and nobody reaches it',
};

function containmentOf(how: ContainRequest['how'], service: string | undefined): Containment {
  if (how !== 'stop') return { kind: how };
  if (service !== undefined) return { kind: 'stop', service };
  throw new PortolanError('E_USAGE', 'Which service is to be stopped?', {
    remedy: 'Send for example {"how": "stop", "service": "tcp/23"}',
  });
}

/** Nobody opens these any more: rules in front of all others, until somebody takes them out. */
async function closing(
  context: DaemonContext,
  ports: NonNullable<ChangeRequest['close']>,
  by: string,
): Promise<Wanted> {
  const { site } = context.site();
  const loaded = await policyOrFirst(context);
  const names = endpointNames(site, loaded.policy);
  const rules = ports.map(({ device: wanted, transport, port }): PolicyRule => {
    const device = findDevice(site, wanted).id;
    return {
      id: `close-${deviceKey(device)}-${transport}-${port}`.slice(0, 40),
      from: 'any',
      to: names.get(device) ?? device,
      service: `${transport}/${port}`,
      action: 'deny',
      side: 'both',
      log: false,
      origin: { kind: 'manual' },
      note: `Closed by ${by}`,
    };
  });
  const devices = new Set(ports.map(({ device }) => findDevice(site, device).id));
  const edit: Edit = (start) => {
    const taken = new Set(start.policy.rules.map(({ id }) => id));
    let { text } = start;
    for (const device of devices) {
      const name = names.get(device) ?? device;
      if (Object.hasOwn(start.policy.endpoints, name)) continue;
      const endpoint = { kind: 'device', device, addresses: [], state: 'observing' } as const;
      text = setEndpoint(readPolicy(text, start.file).document, name, endpoint);
    }
    return withRules(
      text,
      start.file,
      rules.filter(({ id }) => !taken.has(id)),
    );
  };
  return {
    title: `close ${ports.map(({ transport, port }) => `${transport}/${port}`).join(', ')}`,
    policy: edited(loaded, edit),
    edit: fileEdit(loaded, edit),
    lockOut,
  };
}

function fileEdit(loaded: PolicyFile, edit: Edit): Wanted['edit'] & object {
  const before = readPolicyText(loaded.file);
  return {
    file: loaded.file,
    after: edit(loaded),
    ...(before === undefined ? {} : { before }),
  };
}

function fileOf({ world }: DaemonContext): string {
  return policyPath(folderOf(world));
}

/** Where the store and the policy are; undefined for the usual place. */
export function folderOf({ dataFolder, env }: DaemonContext['world']): string | undefined {
  return dataFolder ?? env['PORTOLAN_DATA'];
}

/** Who has no policy yet begins with one that denies nothing. */
export async function policyOrFirst(context: DaemonContext): Promise<PolicyFile> {
  const file = fileOf(context);
  const found = readPolicyText(file);
  const { zones } = context.config.settings;
  const text = found ?? (await firstPolicy(context.site().site.devices, zones)).text;
  return { ...readPolicy(text, file), file, text };
}

/** @throws PortolanError E_USAGE */
function lengthOf(ttl: string): number {
  const length = parseIsoDuration(ttl);
  if (length !== undefined && length >= SHORTEST && length <= LONGEST) return length;
  throw new PortolanError('E_USAGE', `${JSON.stringify(ttl)} is no time from PT1M to P90D`, {
    remedy: 'For example "PT1H" for an hour',
  });
}

/** What a router filters is not on the way of who sits at it, and its own address is in each zone. */
export function lockOut(
  bound: BoundPolicy,
  client: string,
  own: ReadonlySet<string>,
): ChangeView['lockOut'] {
  const from = parseAddress(client.replace(/^::ffff:/, ''));
  if (from === undefined || own.has(client) || client.startsWith('127.') || client === '::1') {
    return { ok: true, because: 'you are on this machine, which its rules do not keep out' };
  }
  const [server] = [...own].filter((one) => parseAddress(one)?.family === from.family);
  if (server === undefined) {
    return { ok: true, because: 'this machine does not route: its rules are not on your way' };
  }
  return admits(bound, { client: client.replace(/^::ffff:/, ''), server, port: HTTPS });
}
