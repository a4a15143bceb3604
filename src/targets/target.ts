import { PortolanError } from '../base/errors.ts';
import type { BoundPolicy } from '../model/bound-policy.ts';
import type { Instant } from '../model/core.ts';
import type { FilterProgram } from '../model/filter-program.ts';

/** The contract of a file in this folder: a policy in, text out, and back. Nothing is run from here. */
export interface Target {
  readonly id: string;
  readonly title: string;
  readonly sources: readonly string[];
  readonly capabilities: Capabilities;
  /** What this firewall cannot say of the policy, rule by rule, in words. */
  unsupported(policy: BoundPolicy): readonly Unsupported[];
  render(policy: BoundPolicy, options?: RenderOptions): Artefact;
  /**
   * Reads rules of this firewall, ours or another's.
   *
   * @param now what rules with a time are read as they stand at; without, they may match or not
   */
  parse(text: string, now?: Instant): ParsedRules;
}

/** What it can express. */
export interface Capabilities {
  readonly ordered: boolean;
  /** DNS names whose addresses change while the rules are in force. */
  readonly names: boolean;
  readonly rates: boolean;
  readonly connectionLimits: boolean;
  /** Replies pass by connection tracking; else they need rules of their own. */
  readonly stateful: boolean;
  readonly macs: boolean;
  readonly ipv6: boolean;
  readonly log: boolean;
  readonly nat: boolean;
  /** What it counts by rule, so that unused ones can be found. */
  readonly counters: boolean;
  /** Traffic that it sees: through the router, within one segment, to the router itself. */
  readonly paths: readonly ('routed' | 'bridged' | 'local')[];
  /** Who may say `trial`: pass, count and log. */
  readonly trial: boolean;
}

export interface Unsupported {
  /** Of the rule, the forward or the device. */
  readonly id: string;
  readonly why: string;
}

export interface RenderOptions {
  /** Interfaces of the router's bridge on which traffic within one segment is filtered as well. */
  readonly bridges?: readonly string[];
}

/** Files for the shell to hand over, and argument vectors for it to run without a shell. */
export interface Artefact {
  /** The first is the one that `apply` loads. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** `{name}` in a word stands for the path of that file. */
  readonly check: readonly (readonly string[])[];
  readonly apply: readonly (readonly string[])[];
  /** Removes everything that is ours and nothing else. */
  readonly remove: readonly (readonly string[])[];
  /** Prints what is in force of ours, for `parse` and to see who changed it. */
  readonly read: readonly string[];
}

export type ParsedRules =
  | { readonly ok: true; readonly program: FilterProgram; readonly notes: readonly string[] }
  | { readonly ok: false; readonly line: number; readonly why: string };

/**
 * Renders, or refuses: a rule that the target cannot say is never left out, because a policy that
 * is applied in part is not the policy that was proved.
 *
 * @throws PortolanError E_POLICY_UNSUPPORTED, naming every such rule
 */
export function compile(target: Target, policy: BoundPolicy, options?: RenderOptions): Artefact {
  if ((options?.bridges ?? []).length > 0 && !target.capabilities.paths.includes('bridged')) {
    throw new PortolanError(
      'E_POLICY_UNSUPPORTED',
      `${target.title} does not see traffic within one segment`,
      {
        remedy:
          'Leave --bridge out, or compile for a Linux bridge: portolan plan --target nftables',
      },
    );
  }
  const gaps = target.unsupported(policy);
  if (gaps.length === 0) return target.render(policy, options);
  const shown = gaps.slice(0, 8).map(({ id, why }) => `${id}: ${why}`);
  const more = gaps.length > shown.length ? `; and ${gaps.length - shown.length} more` : '';
  throw new PortolanError(
    'E_POLICY_UNSUPPORTED',
    `${target.title} cannot say ${shown.join('; ')}${more}`,
    {
      remedy:
        'Change these rules, or compile for another firewall: portolan plan --target nftables',
    },
  );
}

/**
 * Passes a value into a configuration only if it has the expected form. Names and comments come
 * from the network and from people; without this a device could write the rules that bind it.
 */
export function only(form: RegExp, value: string): string {
  if (form.test(value)) return value;
  throw new PortolanError(
    'E_BUG',
    `A value of the wrong form reached a ruleset: ${JSON.stringify(value).slice(0, 80)}`,
    { remedy: 'Report it with the policy that caused it: portolan policy check' },
  );
}
