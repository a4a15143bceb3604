import { z } from 'zod';
import type {
  ApplyRequest,
  ChangeRequest,
  ChangeView,
  ContainChoice,
  ContainRequest,
  FirewallStatus,
} from '../../../model/api/policy.ts';
import { transport as transportWord } from '../../../model/schema.ts';
import { ChangeDesk } from '../../daemon/change-desk.ts';
import type { DaemonContext } from '../../daemon/context.ts';
import type { Answer, Caller, Route } from '../route.ts';
import { route } from '../route.ts';
import { effect, lockOutView } from './policy.ts';

const TAG = 'changes';
const MOST_PORTS = 500;
const name = z.string().max(64);
const instant = z.number();

const containRequest: z.ZodType<ContainRequest> = z.object({
  device: name,
  how: z.enum(['stop', 'keep-internet', 'isolate']),
  service: z.exactOptional(z.string().max(60)),
  ttl: z.string().max(20),
  alert: z.exactOptional(name),
});

const changeRequest: z.ZodType<ChangeRequest> = z.object({
  policy: z.exactOptional(z.literal(true)),
  contain: z.exactOptional(containRequest),
  close: z.exactOptional(
    z
      .array(z.object({ device: name, transport: transportWord, port: z.int().min(0).max(65_535) }))
      .min(1)
      .max(MOST_PORTS),
  ),
  since: z.exactOptional(z.string().max(20)),
});

const changeView: z.ZodType<ChangeView> = z.object({
  id: z.string(),
  at: instant,
  by: z.string(),
  target: z.string(),
  title: z.string(),
  state: z.enum(['planned', 'armed', 'loaded', 'confirmed', 'rolled-back', 'refused', 'stuck']),
  deadline: z.exactOptional(instant),
  until: z.exactOptional(instant),
  alert: z.exactOptional(z.string()),
  effect,
  rules: z.string(),
  notes: z.array(z.string()),
  lockOut: lockOutView,
  canApply: z.boolean(),
  command: z.string(),
  verified: z.array(z.object({ at: instant, text: z.string(), ok: z.boolean() })),
});

const choice: z.ZodType<ContainChoice> = z.object({
  request: containRequest,
  title: z.string(),
  effect,
});

const applyRequest: z.ZodType<ApplyRequest> = z.object({
  within: z.exactOptional(z.int().min(5).max(3600)),
});

const named = z.object({ id: z.string(), at: instant });

const firewallStatus: z.ZodType<FirewallStatus> = z.object({
  canApply: z.boolean(),
  because: z.string(),
  inForce: z.exactOptional(named),
  pending: z.exactOptional(z.object({ id: z.string(), deadline: instant })),
  drift: z.boolean(),
});

const params = z.object({ id: z.string().max(24) });

/** One desk for each daemon: it remembers what was looked at after a change was loaded. */
const desks = new WeakMap<DaemonContext, ChangeDesk>();

export function deskOf(context: DaemonContext): ChangeDesk {
  const desk = desks.get(context) ?? new ChangeDesk(context);
  desks.set(context, desk);
  return desk;
}

export const changes: readonly Route[] = [
  route({
    id: 'listChanges',
    method: 'get',
    path: '/changes',
    scope: 'read',
    tag: TAG,
    summary: 'Changes of the firewall, newest first',
    answer: { kind: 'json', schema: z.array(changeView) },
    run: ({ context }) => json(deskOf(context).list()),
  }),
  route({
    id: 'makeChange',
    method: 'post',
    path: '/changes',
    scope: 'policy:propose',
    tag: TAG,
    previews: true,
    summary: 'Makes a change and tries it on recorded traffic; nothing is in force yet',
    body: changeRequest,
    answer: { kind: 'json', schema: changeView },
    run: async ({ context, body, caller, dryRun }) =>
      json(await deskOf(context).propose(body, askerOf(caller), !dryRun)),
  }),
  route({
    id: 'getChange',
    method: 'get',
    path: '/changes/{id}',
    scope: 'read',
    tag: TAG,
    summary: 'A change: its rules, its effect, where it is on its way',
    params,
    answer: { kind: 'json', schema: changeView },
    run: ({ context, params: { id } }) => json(deskOf(context).view(id)),
  }),
  route({
    id: 'applyChange',
    method: 'post',
    path: '/changes/{id}/apply',
    scope: 'policy:apply',
    tag: TAG,
    summary: 'Loads it; it takes itself back unless it is confirmed in time',
    params,
    body: applyRequest,
    answer: { kind: 'json', schema: changeView },
    run: async ({ context, params: { id }, body, caller }) =>
      json(await deskOf(context).apply(id, body.within, askerOf(caller))),
  }),
  route({
    id: 'confirmChange',
    method: 'post',
    path: '/changes/{id}/confirm',
    scope: 'policy:apply',
    tag: TAG,
    summary: 'Keeps it: whoever asks this still reaches the router',
    params,
    answer: { kind: 'json', schema: changeView },
    run: async ({ context, params: { id } }) => json(await deskOf(context).confirm(id)),
  }),
  route({
    id: 'rollbackChange',
    method: 'post',
    path: '/changes/{id}/rollback',
    scope: 'policy:apply',
    tag: TAG,
    summary: 'Takes it back: what was in force before it is in force again',
    params,
    answer: { kind: 'json', schema: changeView },
    run: async ({ context, params: { id }, caller }) =>
      json(await deskOf(context).rollback(id, askerOf(caller))),
  }),
  route({
    id: 'containChoices',
    method: 'get',
    path: '/contain/choices',
    scope: 'read',
    tag: TAG,
    summary: 'Ways to hold a device, each with what it would have stopped',
    query: z.object({ device: name, alert: z.exactOptional(name) }),
    answer: { kind: 'json', schema: z.array(choice) },
    run: async ({ context, query: { device, alert }, caller }) =>
      json(await deskOf(context).choices(device, serviceOf(context, alert), askerOf(caller))),
  }),
  route({
    id: 'getFirewall',
    method: 'get',
    path: '/firewall',
    scope: 'read',
    tag: TAG,
    summary: 'What of ours is in force on this machine, and whether somebody changed it',
    answer: { kind: 'json', schema: firewallStatus },
    run: async ({ context }) => json(await deskOf(context).firewall()),
  }),
];

function json(value: unknown): Answer {
  return { kind: 'json', value };
}

function askerOf({ who, address }: Caller): { readonly who: string; readonly address: string } {
  return { who, address };
}

/** Conversations in which it is looked for what a device tries. */
const TRIES = 5000;
/** Milliseconds before an alert from which they count. */
const BEFORE = 60_000;

/** What an alert is about: its port, or else what its device tried most and was not answered. */
function serviceOf(context: DaemonContext, id: string | undefined): string | undefined {
  const alert = id === undefined ? undefined : context.alerts.book.get(id)?.alert;
  if (alert === undefined) return undefined;
  const { port, transport = 'tcp', devices } = alert.last;
  if (port !== undefined) return `${transport}/${port}`;
  const [key = ''] = devices;
  const actor = context
    .site()
    .site.devices.find(({ macs, addresses }) => macs.includes(key) || addresses.includes(key));
  return mostTried(context, actor?.addresses ?? [], alert.first.at - BEFORE);
}

function mostTried(
  { session }: DaemonContext,
  addresses: readonly string[],
  since: number,
): string | undefined {
  const tried = new Map<string, number>();
  for (const address of addresses) {
    for (const flow of session.store.flows({ address, since, limit: TRIES })) {
      const { source, destination, transport, outcome } = flow;
      const isTry = source.address === address && outcome !== 'answered';
      if (!isTry || (transport !== 'tcp' && transport !== 'udp')) continue;
      const service = `${transport}/${destination.port}`;
      tried.set(service, (tried.get(service) ?? 0) + 1);
    }
  }
  const [[service, times] = ['', 0]] = [...tried].toSorted(([, a], [, b]) => b - a);
  return times > 1 ? service : undefined;
}
