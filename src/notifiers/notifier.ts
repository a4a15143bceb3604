import type { z } from 'zod';
import type { Alert } from '../model/alert.ts';
import type { Instant, Severity } from '../model/core.ts';

/** The contract of a file in this folder: an alert in, what is to be delivered out. Nothing is sent here. */
export interface Notifier<S extends ChannelSettings = ChannelSettings> {
  /** What a channel's `type` says. */
  readonly id: string;
  readonly title: string;
  readonly sources: readonly string[];
  /** What a channel of this type may say in the configuration; of a secret only the file it is in. */
  readonly settings: z.ZodType<S> & { readonly shape: Readonly<Record<string, unknown>> };
  /**
   * @param settings of the channel, checked by `settings` of the same notifier
   * @throws never: what cannot be said is left out
   */
  format(notice: Notice, settings: S, context: FormatContext): Delivery;
}

export interface ChannelSettings {
  readonly type: string;
}

/** What a sink wants to know of who speaks. */
export interface FormatContext {
  /** Of the product. */
  readonly version: string;
  /** Name of the machine. */
  readonly host: string;
  readonly pid: number;
  /** When it is written down; an alert has times of its own. */
  readonly now: Instant;
  /** It runs all the time, and tells brokers so. */
  readonly isDaemon?: boolean;
}

/** What is told: a new alert, one that got worse, one that is over. A repeat is not told. */
export interface Notice {
  /** Stable for one notice, for sinks that drop doubles: alert id and what happened. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly alerts: readonly Alert[];
  /** How the devices are called, by the addresses in the signals. */
  readonly names: ReadonlyMap<string, string>;
  /** What more is known of them, by the same; what is not known is absent. */
  readonly devices?: ReadonlyMap<string, NoticeDevice>;
  /** Alerts that are not listed because the message would be too long; the store has them. */
  readonly more?: number;
  /** Where a person can look, if there is such a place. */
  readonly link?: string;
}

export type NoticeKind = 'opened' | 'worse' | 'resolved' | 'digest' | 'test';

/** A device as it was known when the notice was made. */
export interface NoticeDevice {
  /** `PTL-D-7F3K`. */
  readonly id: string;
  readonly name: string;
  readonly macs: readonly string[];
  readonly addresses: readonly string[];
  readonly vendor?: string;
  readonly model?: string;
  readonly firmware?: string;
  /** Services that answer. */
  readonly services?: number;
  /** Alerts that are not resolved. */
  readonly openAlerts?: number;
  /** Type of the newest alert, in words. */
  readonly lastAlert?: string;
  /** Seen lately; undefined where nothing was, so that nobody can tell. */
  readonly online?: boolean;
  /** Worst of its findings and open alerts. */
  readonly risk?: Severity | 'none';
}

/** What the shell delivers; secrets are added there from files and never come through here. */
export type Delivery =
  | {
      readonly kind: 'http';
      readonly method: 'POST' | 'PUT';
      /** A reference that is resolved against the channel's address (RFC 3986 §5); empty: that itself. */
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly credential: Credential;
    }
  | {
      readonly kind: 'mail';
      /** Local part of the Message-ID: the same notice twice is the same message. */
      readonly id: string;
      /** Messages of one alert are one thread. */
      readonly thread: string;
      readonly subject: string;
      readonly text: string;
      readonly html: string;
    }
  | { readonly kind: 'syslog'; readonly messages: readonly string[] }
  | { readonly kind: 'mqtt'; readonly messages: readonly MqttMessage[] }
  | { readonly kind: 'exec'; readonly stdin: string };

/** Where the secret of the channel's file goes. */
export type Credential =
  | { readonly in: 'nothing' }
  /** `Authorization: Bearer …` (RFC 6750 §2.1). */
  | { readonly in: 'bearer' }
  | { readonly in: 'header'; readonly name: string }
  /** In place of `{secret}` in the path. */
  | { readonly in: 'path' }
  /** A member of the body, which is a JSON object. */
  | { readonly in: 'member'; readonly name: string }
  /** Standard Webhooks: signs id, time and body. */
  | { readonly in: 'signature'; readonly id: string };

export interface MqttMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}
