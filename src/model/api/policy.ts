import type { ChangeState, FlowGroup } from '../change.ts';
import type { Instant, Transport } from '../core.ts';

/** `GET policy`; its ETag is `version`. */
export interface PolicyView {
  readonly version: string;
  readonly text: string;
  /** Where nobody has written one yet, `text` is the one that `policy init` would write. */
  readonly exists: boolean;
  readonly file: string;
}

/** `PUT policy` with `If-Match`: 409 with the difference where somebody else saved meanwhile. */
export interface PolicySave {
  readonly text: string;
}

/** `POST policy/check`: answers while somebody types; nothing is saved. */
export interface PolicyCheckRequest {
  readonly text: string;
  /** `14d` */
  readonly since?: string;
  /** Also its rules in this firewall's language. */
  readonly target?: string;
}

export interface PolicyCheck {
  readonly problems: readonly PolicyProblem[];
  /** Each rule in words, in the order of the file. */
  readonly words: readonly {
    readonly rule: string;
    readonly line: number;
    readonly text: string;
    readonly learned: boolean;
    readonly shadowed?: string;
  }[];
  readonly tests: readonly {
    readonly line: number;
    readonly text: string;
    readonly ok: boolean;
    readonly because: string;
  }[];
  /** Rules in the language of `target`; absent while there are errors. */
  readonly rules?: string;
  readonly effect?: Effect;
  /** Whoever asks would still be let in: by which rule, or why not. */
  readonly lockOut: { readonly ok: boolean; readonly because: string };
}

export interface PolicyProblem {
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly remedy: string;
}

/** What recorded traffic would meet. */
export interface Effect {
  readonly since: Instant;
  readonly flows: number;
  readonly stillAllowed: number;
  readonly stillBlocked: number;
  readonly elsewhere: number;
  readonly newlyBlocked: readonly FlowGroup[];
  readonly newlyAllowed: readonly FlowGroup[];
  readonly wouldBlock: readonly FlowGroup[];
}

/** `POST policy/learn`: what was learned of a device, as a policy that could be saved. */
export interface LearnRequest {
  readonly device?: string;
  readonly since?: string;
}

export interface LearnResult {
  readonly text: string;
  readonly added: number;
  readonly questions: readonly { readonly id: string; readonly text: string }[];
  readonly coverage: string;
}

/**
 * `POST changes`: makes a change and tries it on recorded traffic; `?dry_run=true` keeps nothing.
 * Just one of these.
 */
export interface ChangeRequest {
  /** The policy as it is saved. */
  readonly policy?: true;
  readonly contain?: ContainRequest;
  /** Ports that nobody is to reach any more. */
  readonly close?: readonly {
    readonly device: string;
    readonly transport: Transport;
    readonly port: number;
  }[];
  readonly since?: string;
}

export interface ContainRequest {
  readonly device: string;
  /** `stop`: only one service. */
  readonly how: 'stop' | 'keep-internet' | 'isolate';
  /** For `stop`: `tcp/23`. */
  readonly service?: string;
  /** ISO 8601: `PT1H`. */
  readonly ttl: string;
  readonly alert?: string;
}

export interface ChangeView {
  readonly id: string;
  readonly at: Instant;
  readonly by: string;
  readonly target: string;
  readonly title: string;
  readonly state: ChangeState;
  /** Of a loaded change: when it takes itself back. */
  readonly deadline?: Instant;
  readonly until?: Instant;
  readonly alert?: string;
  readonly effect: Effect;
  readonly rules: string;
  readonly notes: readonly string[];
  readonly lockOut: { readonly ok: boolean; readonly because: string };
  /** Whether this daemon may apply it, or the command that somebody with the right can run. */
  readonly canApply: boolean;
  readonly command: string;
  /** What was looked at after it was loaded. */
  readonly verified: readonly {
    readonly at: Instant;
    readonly text: string;
    readonly ok: boolean;
  }[];
}

/** `GET contain/choices?device=…&alert=…`: the three, each with its effect. */
export interface ContainChoice {
  readonly request: ContainRequest;
  readonly title: string;
  readonly effect: Effect;
}

/** `POST changes/{id}/apply`; confirm and rollback take no body. */
export interface ApplyRequest {
  /** Seconds until it takes itself back, 5 to 3600; by default 60. */
  readonly within?: number;
}

export interface FirewallStatus {
  readonly canApply: boolean;
  /** Why not, with what to do. */
  readonly because: string;
  readonly inForce?: { readonly id: string; readonly at: Instant };
  readonly pending?: { readonly id: string; readonly deadline: Instant };
  readonly drift: boolean;
}
