import { shortId } from '../../base/id.ts';
import type { PolicyRule } from '../../model/policy.ts';
import type { Kind } from './kinds.ts';
import { peerKey } from './kinds.ts';
import type { LearnContext, LearnDevice } from './proposal.ts';
import { DAY } from './tally.ts';

/** Characters of an id after the device's: 30 bits, so that 10,000 rules of a device are safe. */
const ID = 6;
/** Echo (RFC 792; RFC 4443 §4.1): what ICMP is answered to, and so what was seen of it. */
const ECHO = { icmp: 'icmp/8', icmpv6: 'icmpv6/128' } as const;

/** The rule that allows one kind of flows. */
export function ruleOf(device: LearnDevice, kind: Kind, context: LearnContext): PolicyRule {
  const { side, tally } = kind;
  const peer = peerText(kind);
  const isEgress = side === 'from-device';
  const days = context.expireAfterDays;
  return {
    id: ruleId(device, `${side} ${peerKey(kind.peer)} ${serviceText(kind)}`),
    from: isEgress ? device.endpoint : peer,
    to: isEgress ? peer : device.endpoint,
    service: serviceText(kind),
    action: 'allow',
    side: isEgress ? 'egress' : 'ingress',
    log: false,
    ...(days === undefined ? {} : { expires: tally.lastSeen + days * DAY }),
    origin: {
      kind: 'learned',
      firstSeen: tally.firstSeen,
      lastSeen: tally.lastSeen,
      flows: tally.flows,
      bytes: tally.bytes,
      days: tally.days.size,
      evidence: [...tally.evidence],
    },
  };
}

/** `learn-7f3k-x2kq9d`: of our own ids only, and the same for the same kind of flows in every run. */
export function ruleId(device: LearnDevice, what: string): string {
  const own = device.id
    .toLowerCase()
    .replace(/^ptl-d-/, '')
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 12);
  const [, , hash = ''] = shortId('C', `${device.id} ${what}`, ID).toLowerCase().split('-');
  return `learn-${own}-${hash}`;
}

export function serviceText({
  protocol,
  from,
  to,
}: Pick<Kind, 'protocol' | 'from' | 'to'>): string {
  if (protocol === 'icmp' || protocol === 'icmpv6') return ECHO[protocol];
  if (typeof protocol === 'number') return String(protocol);
  return from === to ? `${protocol}/${from}` : `${protocol}/${from}-${to}`;
}

export function peerText({ peer }: Pick<Kind, 'peer'>): string {
  switch (peer.kind) {
    case 'name':
      return `name:${peer.name}`;
    case 'device':
      return peer.device.endpoint;
    case 'self':
      return 'self';
    case 'local':
    case 'public':
      return `net:${peer.address}`;
  }
}
