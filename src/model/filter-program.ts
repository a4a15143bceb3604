import type { AddressSet } from '../base/address-set.ts';
import type { PortSet } from '../base/port-set.ts';
import type { Instant } from './core.ts';

/**
 * A firewall's rules as that firewall walks through them: what every target's text is read back
 * into, ours and what others made. Chains are walked from the top; a base chain ends with its
 * default verdict.
 */
export interface FilterProgram {
  /** In the order in which the kernel asks them; `accept` of one does not overrule a later `drop`. */
  readonly base: readonly BaseChain[];
  readonly chains: ReadonlyMap<string, readonly FilterRule[]>;
}

export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

export interface BaseChain {
  /** Key of `chains`; with its table: `inet portolan forward`. */
  readonly chain: string;
  readonly hook: Hook;
  readonly kind: 'filter' | 'nat';
  readonly priority: number;
  readonly verdict: 'accept' | 'drop';
}

export interface FilterRule {
  /** Id of the policy's rule, where the text carries it. */
  readonly id?: string;
  /** As it stands in the text, for people, and its line from 1. */
  readonly text: string;
  readonly line: number;
  /** It matches where one of them does. */
  readonly boxes: readonly FilterBox[];
  /** Undefined: it only counts, logs or marks, and the walk goes on. */
  readonly verdict?: FilterVerdict;
  /** It has a time, and this is how it stands until then. */
  readonly until?: Instant;
}

export type FilterVerdict =
  | { readonly kind: 'accept' | 'drop' | 'reject' | 'return' }
  /** Back to the caller after a jump; not after a goto. */
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | {
      readonly kind: 'dnat' | 'snat';
      readonly addresses: AddressSet;
      readonly ports?: PortSet;
    }
  | { readonly kind: 'redirect' | 'masquerade'; readonly ports?: PortSet };

export type ConnectionState = 'new' | 'established' | 'related' | 'invalid' | 'untracked';

/** Conjunction; what is absent is not asked. */
export interface FilterBox {
  /** Interface names; a trailing `*` is a prefix. */
  readonly inputs?: readonly string[];
  readonly notInputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly notOutputs?: readonly string[];
  readonly sourceMacs?: readonly string[];
  readonly notSourceMacs?: readonly string[];
  readonly sources?: AddressSet;
  readonly destinations?: AddressSet;
  /** IANA numbers. */
  readonly protocols?: readonly number[];
  readonly sourcePorts?: PortSet;
  readonly destinationPorts?: PortSet;
  readonly types?: readonly number[];
  readonly states?: readonly ConnectionState[];
  /** Whether destination NAT changed it. */
  readonly translated?: boolean;
  /** Whether the destination is an address of the router itself. */
  readonly local?: boolean;
  /** What it asks besides and we cannot decide (a rate, a mark, a module): it may or may not match. */
  readonly opaque?: string;
}
