import type { Socket } from 'node:net';
import type { SecureVersion, TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import type { TlsFacts } from '../../model/evidence.ts';
import { certificateFacts } from './certificate.ts';

export type Handshake =
  | { readonly kind: 'done'; readonly socket: TLSSocket; readonly facts: TlsFacts }
  /** It is not TLS, or nothing that this OpenSSL can agree on. */
  | { readonly kind: 'failed'; readonly code: string };

/** Oldest first. */
export const TLS_VERSIONS: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** What OpenSSL says where the device wants a certificate of ours (RFC 8446 §6.2, alert 116). */
const WANTS_CERTIFICATE = /CERTIFICATE_REQUIRED|NO_CERTIFICATE/;

/**
 * Greets by TLS as an old, lenient client does, since what is wanted is what the device accepts:
 * down to TLS 1.0, any cipher, any certificate. Nothing secret is sent over it.
 *
 * @param version the only version to offer; absent: all
 */
export function handshake(
  socket: Socket,
  timeout: number,
  version?: SecureVersion,
): Promise<Handshake> {
  return new Promise((resolve) => {
    const tls = connect({
      socket,
      rejectUnauthorized: false,
      ciphers: 'ALL:@SECLEVEL=0',
      minVersion: version ?? 'TLSv1',
      maxVersion: version ?? 'TLSv1.3',
      // An address is no server name (RFC 6066 §3), and OpenSSL sends none of its own accord.
    });
    const settle = (result: Handshake): void => {
      clearTimeout(timer);
      tls.off('secureConnect', done).off('error', fail).off('close', closed);
      tls.on('error', () => {});
      if (result.kind === 'failed') tls.destroy();
      resolve(result);
    };
    const done = (): void => settle({ kind: 'done', socket: tls, facts: factsOf(tls) });
    const fail = (error: NodeJS.ErrnoException): void =>
      settle({ kind: 'failed', code: error.code ?? error.message.slice(0, 80) });
    const closed = (): void => settle({ kind: 'failed', code: 'closed' });
    const timer = setTimeout(() => settle({ kind: 'failed', code: 'ETIMEDOUT' }), timeout);
    tls.once('secureConnect', done).once('error', fail).once('close', closed);
    // Paused before the first byte: what comes after the handshake waits for a question.
    tls.pause();
  });
}

export function wantsCertificate(code: string): boolean {
  return WANTS_CERTIFICATE.test(code);
}

function factsOf(tls: TLSSocket): TlsFacts {
  const cipher = tls.getCipher();
  const der = tls.getPeerX509Certificate()?.raw;
  const certificate = der === undefined ? undefined : certificateFacts(der);
  return {
    versions: [tls.getProtocol() ?? 'unknown'],
    cipher: cipher.standardName ?? cipher.name,
    ...(certificate === undefined ? {} : { certificate }),
    clientCertificate: false,
  };
}

/** Two looks at one port: what either saw counts, and the later one is the more exact. */
export function mergeTls(first: TlsFacts | undefined, second: TlsFacts): TlsFacts {
  if (first === undefined) return second;
  const order = ['SSLv3', ...TLS_VERSIONS];
  const versions = [...new Set([...first.versions, ...second.versions])].sort(
    (a, b) => order.indexOf(a) - order.indexOf(b),
  );
  return {
    ...first,
    ...second,
    versions,
    clientCertificate: first.clientCertificate || second.clientCertificate,
  };
}
