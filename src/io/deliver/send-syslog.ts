import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Outcome } from './outcome.ts';
import { authorities, DELIVERED, later, readText, TRY_TIME, untilAborted } from './outcome.ts';

export interface SyslogSettings {
  readonly url: string;
  readonly ca_file?: string | undefined;
  readonly cert_file?: string | undefined;
  readonly key_file?: string | undefined;
}

/** RFC 5426 §3.3, RFC 6587 has none registered (601 is syslog-conn's), RFC 5425 §4.1. */
const PORT: Readonly<Record<string, number>> = { 'udp:': 514, 'tcp:': 601, 'tls:': 6514 };

/** Milliseconds to see whether the receiver closes in order after we said that we are done. */
const GOODBYE = 2000;

/**
 * UDP: a datagram a message (RFC 5426), and no word of whether it arrived. TCP and TLS: octet
 * counting (RFC 6587 §3.4.1, RFC 5425 §4.3), done when the receiver has taken all of it.
 *
 * @throws SetupError
 */
export async function sendSyslog(
  messages: readonly string[],
  settings: SyslogSettings,
  signal: AbortSignal,
): Promise<Outcome> {
  const url = new URL(settings.url);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (PORT[url.protocol] ?? 514) : Number(url.port);
  try {
    if (url.protocol === 'udp:') {
      await sendDatagrams(messages, host, port);
      return DELIVERED;
    }
    const socket =
      url.protocol === 'tls:'
        ? connectTls({ host, port, ...tlsOptions(host, settings) })
        : connectTcp({ host, port });
    const ready = url.protocol === 'tls:' ? 'secureConnect' : 'connect';
    return await writeAll(socket, ready, framed(messages), signal);
  } catch (error) {
    if (error instanceof Error && error.name === 'SetupError') throw error;
    return later(error);
  }
}

function framed(messages: readonly string[]): Buffer {
  return Buffer.concat(
    messages.map((text) => {
      const octets = Buffer.from(text, 'utf8');
      return Buffer.concat([Buffer.from(`${octets.length} `, 'ascii'), octets]);
    }),
  );
}

function tlsOptions(host: string, { ca_file, cert_file, key_file }: SyslogSettings) {
  const ca = authorities(ca_file);
  return {
    rejectUnauthorized: true,
    // A name is shown to the server; an address must not be (RFC 6066 §3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert_file === undefined ? {} : { cert: readText(cert_file) }),
    ...(key_file === undefined ? {} : { key: readText(key_file) }),
  };
}

async function sendDatagrams(
  messages: readonly string[],
  host: string,
  port: number,
): Promise<void> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  try {
    for (const text of messages) {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.send(Buffer.from(text, 'utf8'), port, address, (error) => {
          socket.off('error', reject);
          if (error === null) resolve();
          else reject(error);
        });
      });
    }
  } finally {
    socket.close();
  }
}

/** Writes, says goodbye and waits until the other side closes: a reset before that is a failure. */
function writeAll(
  socket: Socket,
  ready: 'connect' | 'secureConnect',
  octets: Buffer,
  signal: AbortSignal,
): Promise<Outcome> {
  return new Promise((resolve) => {
    let goodbye: NodeJS.Timeout | undefined;
    const settle = (outcome: Outcome): void => {
      clearTimeout(goodbye);
      socket.destroy();
      resolve(outcome);
    };
    untilAborted(AbortSignal.any([signal, AbortSignal.timeout(TRY_TIME)])).catch((error) =>
      settle(later(error)),
    );
    socket.on('error', (error) => settle(later(error)));
    // A receiver has nothing to say; what it says is not kept.
    socket.on('data', () => {});
    socket.once(ready, () => {
      socket.end(octets, () => {
        goodbye = setTimeout(() => settle(DELIVERED), GOODBYE);
      });
    });
    socket.once('close', (hadError) => {
      if (hadError) return;
      settle(goodbye === undefined ? later(new Error('it hung up')) : DELIVERED);
    });
  });
}
