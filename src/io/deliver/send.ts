import { hostname } from 'node:os';
import { notifiers } from '../../notifiers/index.ts';
import type { Delivery, Notice, Notifier } from '../../notifiers/notifier.ts';
import type { ChannelConfig } from './channel-settings.ts';
import type { Outcome } from './outcome.ts';
import { sendExec } from './send-exec.ts';
import { sendHttp } from './send-http.ts';
import { sendMail } from './send-mail.ts';
import { sendMqtt } from './send-mqtt.ts';
import { sendSyslog } from './send-syslog.ts';

export interface SendOptions {
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Words a notice for a channel and brings it there. */
export type Send = (
  notice: Notice,
  config: ChannelConfig,
  options: SendOptions,
) => Promise<Outcome>;

/**
 * @param version of the product, as sinks are told it
 * @param isDaemon it runs all the time, and tells brokers so
 */
export function sender(version: string, isDaemon = false): Send {
  return (notice, config, options) => {
    const notifier: Notifier | undefined = notifiers.all.find(({ id }) => id === config.type);
    if (notifier === undefined) throw new Error(`there is no channel of type ${config.type}`);
    const context = { version, host: hostname(), pid: process.pid, now: options.now, isDaemon };
    const delivery = notifier.format(notice, config, context);
    return transmit(delivery, config, { ...options, userAgent: `Portolan/${version}` });
  };
}

function transmit(
  delivery: Delivery,
  config: ChannelConfig,
  options: SendOptions & { readonly userAgent: string },
): Promise<Outcome> {
  const { signal } = options;
  if (delivery.kind === 'mail' && config.type === 'email') {
    return sendMail(delivery, config, signal);
  }
  if (delivery.kind === 'syslog' && config.type === 'syslog') {
    return sendSyslog(delivery.messages, config, signal);
  }
  if (delivery.kind === 'mqtt' && config.type === 'mqtt') {
    return sendMqtt(delivery.messages, config, signal);
  }
  if (delivery.kind === 'exec' && config.type === 'exec') {
    return sendExec(delivery.stdin, config, signal);
  }
  if (delivery.kind === 'http') return sendHttp(delivery, config, options);
  throw new Error(`a channel of type ${config.type} cannot carry ${delivery.kind}`);
}
