import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PortolanError } from '../../base/errors.ts';
import type { Untrusted } from '../../base/untrusted.ts';
import { untrusted } from '../../base/untrusted.ts';
import { subjectName } from '../../protocols/shared/der.ts';
import { hashOfName } from '../scan/certificate.ts';

/**
 * `good`: made over these octets, by somebody whom an anchor vouches for, who is known to speak for
 * the authority of the MUD URL. `unknown-signer`: as good, but nobody said that this one speaks for
 * it. `wrong-signer`: another one does. `untrusted`: no anchor vouches. `changed`: made over other
 * octets, or no signature at all.
 */
export type SignatureState =
  | 'good'
  | 'unsigned'
  | 'unknown-signer'
  | 'wrong-signer'
  | 'untrusted'
  | 'changed';

export interface SignatureVerdict {
  readonly state: SignatureState;
  readonly signer?: Signer;
  /** A sentence. */
  readonly why: string;
}

export interface Signer {
  readonly subject: Untrusted;
  /** SHA-256 of the certificate, lower-case hex. */
  readonly fingerprint: string;
  /** SHA-256 of its holder's name, as in `CertificateFacts.mudSigner`. */
  readonly name?: string;
}

export interface SignedMud {
  /** As it was fetched, octet by octet. */
  readonly content: Uint8Array;
  /** Detached CMS in DER (RFC 8520 §13.1); undefined where there is none. */
  readonly signature: Uint8Array | undefined;
  /** Certificates in PEM of who may vouch for signers; undefined: nobody. */
  readonly anchors: string | undefined;
  /** Fingerprints of those who may sign for the authority of the MUD URL; empty: not said yet. */
  readonly known: readonly string[];
  /** `CertificateFacts.mudSigner` of the device: who signs, in the word of its certificate. */
  readonly named?: string | undefined;
}

/** Milliseconds; a verification takes some ten. */
const TIMEOUT = 20_000;
/** Octets; a signature with a chain has some ten thousand. */
const SIGNATURE_CAP = 1_000_000;

/**
 * Verifies by the system's OpenSSL. `-binary`, as the octets were signed and not lines of text;
 * `-purpose any`, as RFC 8520 asks for no extended key usage.
 *
 * @throws PortolanError E_MISSING_TOOL
 */
export async function verifySignature(signed: SignedMud): Promise<SignatureVerdict> {
  const { signature, anchors } = signed;
  if (signature === undefined) return { state: 'unsigned', why: 'It has no signature' };
  if (signature.length > SIGNATURE_CAP) return CHANGED;
  return await inPrivateFolder(async (folder) => {
    const file = (name: string): string => join(folder, name);
    await writeFile(file('content'), signed.content, { mode: 0o600 });
    await writeFile(file('signature'), signature, { mode: 0o600 });
    await writeFile(file('anchors'), anchors ?? '', { mode: 0o600 });
    const verify = (...trust: readonly string[]): Promise<boolean> =>
      openssl([
        ...['cms', '-verify', '-inform', 'DER', '-in', file('signature')],
        ...['-content', file('content'), '-binary', '-purpose', 'any'],
        ...['-signer', file('signer'), '-out', '/dev/null', ...trust],
      ]);
    // Only the anchors that were given: neither the system's nor the user's own count for MUD.
    const only = ['-CAfile', file('anchors'), '-no-CApath', '-no-CAstore'];
    const isTrusted = anchors !== undefined && (await verify(...only));
    if (!isTrusted && !(await verify('-noverify'))) return CHANGED;
    const signer = await signerOf(file('signer'));
    if (signer === undefined) return CHANGED;
    return isTrusted ? bound(signer, signed) : { state: 'untrusted', signer, why: NO_ANCHOR };
  });
}

const CHANGED: SignatureVerdict = {
  state: 'changed',
  why: 'The signature is not of this file: one of the two was changed',
};
const NO_ANCHOR = 'No certificate that is trusted here vouches for who signed it';

/**
 * RFC 8520 §13.2: that somebody signed says nothing unless it is somebody who may. The word of the
 * device's certificate goes before what a person approved for the authority.
 */
function bound(signer: Signer, { known, named }: SignedMud): SignatureVerdict {
  const isNamed = named !== undefined && named === signer.name;
  if (isNamed || (named === undefined && known.includes(signer.fingerprint))) {
    const by = isNamed ? 'that the device’s certificate names' : 'that is known';
    return { state: 'good', signer, why: `The signature is good, and of the signer ${by}` };
  }
  if (known.length > 0 || named !== undefined) {
    const why = 'It is signed by another than who signs for this maker';
    return { state: 'wrong-signer', signer, why };
  }
  const why = 'The signature is good; nobody has said yet that its signer speaks for this maker';
  return { state: 'unknown-signer', signer, why };
}

async function signerOf(file: string): Promise<Signer | undefined> {
  try {
    const certificate = new X509Certificate(await readFile(file));
    const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    const name = subjectName(certificate.raw);
    return {
      subject: untrusted(certificate.subject.replaceAll('\n', ', ')),
      fingerprint,
      ...(name === undefined ? {} : { name: hashOfName(name) }),
    };
  } catch {
    return undefined;
  }
}

/**
 * A detached signature in DER over these octets.
 *
 * @param files of the key and of the certificate, in PEM; further certificates in it go along
 * @throws PortolanError E_MISSING_TOOL, E_INPUT_UNREADABLE
 */
export async function signMud(
  content: Uint8Array,
  files: { readonly key: string; readonly certificate: string },
): Promise<Uint8Array> {
  return await inPrivateFolder(async (folder) => {
    const input = join(folder, 'content');
    const output = join(folder, 'signature');
    const chain = join(folder, 'chain');
    await writeFile(input, content, { mode: 0o600 });
    // The signer's own comes first, and OpenSSL takes no certificate twice.
    const issuers = certificatesIn(await pemOf(files.certificate)).slice(1);
    await writeFile(chain, issuers.join('\n'), { mode: 0o600 });
    const done = await openssl([
      ...['cms', '-sign', '-binary', '-outform', 'DER', '-in', input, '-out', output],
      ...['-signer', files.certificate, '-inkey', files.key],
      ...(issuers.length === 0 ? [] : ['-certfile', chain]),
    ]);
    if (done) return await readFile(output);
    throw new PortolanError('E_INPUT_UNREADABLE', 'OpenSSL cannot sign with that key', {
      remedy: `Check that ${files.key} is the key, without a password, of ${files.certificate}`,
    });
  });
}

function certificatesIn(pem: string): readonly string[] {
  const end = '-----END CERTIFICATE-----';
  return pem
    .split(end)
    .slice(0, -1)
    .map((part) => `${part.slice(Math.max(part.indexOf('-----BEGIN CERTIFICATE-----'), 0))}${end}`);
}

async function pemOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new PortolanError('E_INPUT_UNREADABLE', `The certificate ${file} cannot be read`, {
      remedy: 'Check its name and its permissions',
      cause,
    });
  }
}

async function inPrivateFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  // mkdtemp(3) makes it for its owner alone.
  const folder = await mkdtemp(join(tmpdir(), 'portolan-mud-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** By argument vector, no shell. Whether it ended with 0. */
function openssl(args: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    execFile('openssl', args, { timeout: TIMEOUT, encoding: 'buffer' }, (error) => {
      if (error?.code !== 'ENOENT') {
        resolve(error === null);
        return;
      }
      reject(
        new PortolanError('E_MISSING_TOOL', 'Signatures are checked and made by openssl', {
          remedy: 'Install it: apt install openssl',
          cause: error,
        }),
      );
    });
  });
}
