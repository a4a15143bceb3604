import type { IClientOptions } from 'mqtt';
import type { MqttMessage } from '../../notifiers/notifier.ts';
import type { Outcome } from './outcome.ts';
import {
  authorities,
  DELIVERED,
  messageOf,
  readSecret,
  TRY_TIME,
  untilAborted,
} from './outcome.ts';

export interface MqttSettings {
  readonly url: string;
  readonly user?: string | undefined;
  readonly password_file?: string | undefined;
  readonly ca_file?: string | undefined;
}

/** Reasons for which the broker will refuse us again: MQTT 3.1.1 table 3.1. */
const REFUSED = [1, 2, 4, 5];

/**
 * Connects, publishes in order at QoS 1, and is done when the broker has acknowledged all of it.
 *
 * @throws SetupError
 */
export async function sendMqtt(
  messages: readonly MqttMessage[],
  settings: MqttSettings,
  signal: AbortSignal,
): Promise<Outcome> {
  // It is large: read where somebody has such a channel.
  const { connect } = await import('mqtt');
  const client = connect(settings.url, { ...connection(settings), reconnectPeriod: 0 });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TRY_TIME)]);
  const failed = new Promise<never>((_resolve, reject) => {
    client.on('error', reject);
    client.once('close', () => reject(new Error('the broker hung up')));
  });
  failed.catch(() => {});
  try {
    await Promise.race([publishAll(client, messages), failed, untilAborted(limit)]);
    return DELIVERED;
  } catch (error) {
    const code: unknown = Object(error).code;
    const isFinal = typeof code === 'number' && REFUSED.includes(code);
    return { kind: isFinal ? 'refused' : 'later', why: messageOf(error) };
  } finally {
    client.end(true);
  }
}

/** How one connects, the secret included. @throws SetupError */
export function connection({ ca_file, user, password_file }: MqttSettings): IClientOptions {
  const ca = authorities(ca_file);
  return {
    connectTimeout: 10_000,
    clean: true,
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
    ...(user === undefined ? {} : { username: user }),
    ...(password_file === undefined ? {} : { password: readSecret(password_file) }),
  };
}

interface Publisher {
  once(event: 'connect', listener: () => void): unknown;
  publishAsync(
    topic: string,
    payload: string,
    options: { qos: 1; retain: boolean },
  ): Promise<unknown>;
}

async function publishAll(client: Publisher, messages: readonly MqttMessage[]): Promise<void> {
  await new Promise<void>((resolve) => {
    client.once('connect', resolve);
  });
  for (const { topic, payload, retain } of messages) {
    await client.publishAsync(topic, payload, { qos: 1, retain });
  }
}
