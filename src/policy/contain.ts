import type { Instant } from '../model/core.ts';
import type { Policy, PolicyRule } from '../model/policy.ts';

/** How a device is held, from the strictest. */
export type Containment =
  | { readonly kind: 'isolate' }
  | { readonly kind: 'stop'; readonly service: string }
  | { readonly kind: 'keep-internet' };

export interface ContainOptions {
  /** Name of the endpoint. */
  readonly endpoint: string;
  readonly how: Containment;
  readonly until: Instant;
  /** Letters and digits by which these rules are told from others': `7f3k`. */
  readonly key: string;
  readonly note: string;
}

/** Rules that hold a device have ids that begin so; nobody else's do. */
export const PREFIX = 'contain-';

/**
 * Rules that hold a device for a while, to stand in front of all others. The guard comes before them,
 * so whoever looks after the network still reaches it; what goes between two devices of one segment
 * does not pass the router, and no rule of it stops that.
 */
export function containingRules(policy: Policy, options: ContainOptions): readonly PolicyRule[] {
  const { endpoint, how, key } = options;
  const service = how.kind === 'stop' ? how.service : 'any';
  const peers = how.kind === 'keep-internet' ? sitesOf(policy) : ['any'];
  const pairs = peers.flatMap((peer) => [
    { from: endpoint, to: peer },
    { from: peer, to: endpoint },
  ]);
  return pairs.map(
    ({ from, to }, index): PolicyRule => ({
      id: `${PREFIX}${key}-${index + 1}`,
      from,
      to,
      service,
      action: 'deny',
      side: 'both',
      log: true,
      expires: options.until,
      origin: { kind: 'manual' },
      note: options.note,
    }),
  );
}

/** Every zone but the way out; the router itself goes on to give names and addresses. */
function sitesOf({ zones }: Policy): readonly string[] {
  return Object.entries(zones).flatMap(([name, { internet }]) =>
    internet ? [] : [`zone:${name}`],
  );
}

/** Ids of rules that hold a device; of all where none is named. */
export function containedBy(policy: Policy, endpoint: string | undefined): readonly string[] {
  return policy.rules
    .filter(({ id, from, to }) => {
      if (!id.startsWith(PREFIX)) return false;
      return endpoint === undefined || from === endpoint || to === endpoint;
    })
    .map(({ id }) => id);
}
