import type { Delivery } from '../../notifiers/notifier.ts';
import type { Outcome } from './outcome.ts';
import {
  authorities,
  DELIVERED,
  messageOf,
  readSecret,
  TRY_TIME,
  untilAborted,
} from './outcome.ts';

type MailDelivery = Extract<Delivery, { kind: 'mail' }>;

export interface MailSettings {
  readonly host: string;
  readonly port: number;
  readonly security: 'starttls' | 'tls' | 'none';
  readonly from: string;
  readonly to: readonly string[];
  readonly user?: string | undefined;
  readonly password_file?: string | undefined;
  readonly ca_file?: string | undefined;
}

/**
 * One message by SMTP. The same notice has the same Message-ID, so that a reader shows it once.
 *
 * @throws SetupError
 */
export async function sendMail(
  { id, thread, subject, text, html }: MailDelivery,
  settings: MailSettings,
  signal: AbortSignal,
): Promise<Outcome> {
  // A mail library is large: it is read where somebody has such a channel.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(transportOptions(settings));
  const close = (): void => transport.close();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TRY_TIME)]);
  const domain = settings.from.slice(settings.from.lastIndexOf('@') + 1);
  try {
    const sent = transport.sendMail({
      from: { name: 'Portolan', address: settings.from },
      to: [...settings.to],
      subject,
      text,
      html,
      messageId: `<${id}@${domain}>`,
      references: [`<${thread}.thread@${domain}>`],
      inReplyTo: `<${thread}.thread@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'List-Id': `Portolan <portolan.${domain}>` },
    });
    sent.catch(() => {});
    await Promise.race([sent, untilAborted(limit)]);
    return DELIVERED;
  } catch (error) {
    const code: unknown = Object(error).responseCode;
    const isFinal = typeof code === 'number' && code >= 500;
    return { kind: isFinal ? 'refused' : 'later', why: messageOf(error) };
  } finally {
    close();
  }
}

function transportOptions(settings: MailSettings) {
  const { host, port, security, user, password_file } = settings;
  const ca = authorities(settings.ca_file);
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: {
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2' as const,
      ...(ca === undefined ? {} : { ca }),
    },
    // Texts that are said to be files or addresses are texts.
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: TRY_TIME,
    ...(user === undefined
      ? {}
      : {
          auth: { user, pass: password_file === undefined ? '' : readSecret(password_file) },
        }),
  };
}
