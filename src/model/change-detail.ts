import { reveal, untrusted } from '../base/untrusted.ts';
import type { Fact } from './evidence.ts';
import type { Operation } from './observation.ts';

/** Name of the detail of a controller's service that says who changed something there, and how. */
const CHANGED_BY = 'changed by';
const CHANGES = ['write', 'stop', 'program'] as const;

export interface Change {
  readonly effect: (typeof CHANGES)[number];
  readonly address: string;
  readonly mac?: string;
}

/** What is kept of an operation that changes something: who may do so is learned. */
export function changeDetail({ client, effect }: Operation): Fact | undefined {
  if (!CHANGES.some((one) => one === effect)) return undefined;
  const who = client.mac === undefined ? client.address : `${client.address} ${client.mac}`;
  return { kind: 'detail', name: CHANGED_BY, value: untrusted(`${effect} ${who}`) };
}

/** The other way round. */
export function changeIn(fact: Fact): Change | undefined {
  if (fact.kind !== 'detail' || fact.name !== CHANGED_BY) return undefined;
  const [name, address = '', mac] = reveal(fact.value).split(' ');
  const effect = CHANGES.find((one) => one === name);
  if (effect === undefined) return undefined;
  return { effect, address, ...(mac === undefined ? {} : { mac }) };
}
