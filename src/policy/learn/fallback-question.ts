import type { FallbackGroup, Way } from '../fallback.ts';
import { fallbackQuestion } from '../fallback.ts';
import type { LearnDevice, Question } from './proposal.ts';
import { ruleId } from './rule.ts';

/** Ways of one device as a question: *yes* allows the first, which makes the others needless. */
export function questionOf(
  group: FallbackGroup,
  device: LearnDevice,
  devices: readonly LearnDevice[],
): Question {
  const { first, others } = group;
  const service = `${first.transport}/${first.port}`;
  const to = peerText(first, devices);
  return {
    id: group.id,
    device: device.id,
    reason: 'fallback',
    suspicious: false,
    asks: fallbackQuestion(group, device.endpoint),
    rules: [
      {
        id: ruleId(device, `from-device ${to} ${service}`),
        from: device.endpoint,
        to,
        service,
        action: 'allow',
        side: 'egress',
        log: false,
        origin: { kind: 'learned', firstSeen: first.firstAt, flows: first.tries },
      },
    ],
    kinds: 1 + others.length,
  };
}

function peerText({ name, peer }: Way, devices: readonly LearnDevice[]): string {
  const known = devices.find(({ addresses }) => addresses.includes(peer));
  if (known !== undefined) return known.endpoint;
  return name === undefined ? `net:${peer}` : `name:${name}`;
}
