import type { Alert } from '../model/alert.ts';

/** The contract of a file in this folder: an alert in, what is to be delivered out. Nothing is sent here. */
export interface Notifier {
  readonly id: string;
  readonly title: string;
  readonly sources: readonly string[];
  /**
   * @param settings of the channel, checked by `settings` of the same notifier
   * @throws never: what cannot be said is left out
   */
  format(notice: Notice, settings: Readonly<Record<string, unknown>>): Delivery;
}

/** What is told: a new alert, one that got worse, one that is over. A repeat is not told. */
export interface Notice {
  /** Stable for one notice, for sinks that drop doubles: alert id and what happened. */
  readonly id: string;
  readonly kind: 'opened' | 'worse' | 'resolved' | 'digest' | 'test';
  readonly alerts: readonly Alert[];
  /** How the devices are called, by the addresses in the signals. */
  readonly names: ReadonlyMap<string, string>;
  /** Where a person can look, if there is such a place. */
  readonly link?: string;
}

/** What the shell delivers; secrets are added there from files and never come through here. */
export type Delivery =
  | {
      readonly kind: 'http';
      readonly method: 'POST' | 'PUT';
      /** Path and query behind the channel's address. */
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | {
      readonly kind: 'mail';
      readonly subject: string;
      readonly text: string;
      readonly html: string;
    }
  | { readonly kind: 'syslog'; readonly message: string }
  | {
      readonly kind: 'mqtt';
      readonly messages: readonly {
        readonly topic: string;
        readonly payload: string;
        readonly retain: boolean;
      }[];
    }
  | { readonly kind: 'exec'; readonly stdin: string };
