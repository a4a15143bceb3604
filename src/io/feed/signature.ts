import type { KeyObject } from 'node:crypto';
import { createPublicKey, createVerify } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PortolanError } from '../../base/errors.ts';
import { runTool } from '../discover/run-tool.ts';

/** Where a signature lies: beside its file, `.asc` as CSAF 2.0 has it (clause 7.1.20), else `.sig`. */
const BESIDE = ['.asc', '.sig'];
/** Octets; a signature or a key has some thousand. */
const LARGEST = 1_000_000;
/** Milliseconds; all of NVD is hashed in some ten seconds. */
const TIMEOUT = 300_000;

/**
 * That one of these signed the file. A signer is a file: an OpenPGP key, checked by the system's
 * gpgv, or a public key or certificate in PEM (RSA or ECDSA, SHA-256: `openssl dgst -sign`).
 *
 * @returns by which signer's file
 * @throws PortolanError E_INPUT_MALFORMED where nobody of them did; E_INPUT_UNREADABLE, E_MISSING_TOOL
 */
export async function checkFeedSignature(
  file: string,
  signers: readonly string[],
  stop: AbortSignal,
): Promise<string> {
  const signature = await signatureBeside(file);
  for (const signer of signers) {
    const key = await read(signer, 'The key');
    const isGood = isPem(key)
      ? await signedByKey(file, signature, publicKeyOf(key, signer))
      : await signedByOpenPgp(file, signature, binaryKey(key, signer), stop);
    if (isGood) return basename(signer);
  }
  throw new PortolanError(
    'E_INPUT_MALFORMED',
    `${file} was changed, or is signed by somebody else: ${basename(signature.file)} is of none of ${signers.map((name) => basename(name)).join(', ')}`,
    { remedy: 'Fetch both again; what was imported before is as it was' },
  );
}

interface Signature {
  readonly file: string;
  readonly content: Buffer;
}

async function signatureBeside(file: string): Promise<Signature> {
  for (const ending of BESIDE) {
    try {
      return { file: file + ending, content: capped(await readFile(file + ending), file + ending) };
    } catch (error) {
      if (error instanceof PortolanError) throw error;
    }
  }
  throw new PortolanError('E_INPUT_UNREADABLE', `${file} has no signature beside it`, {
    remedy: `Fetch ${basename(file)}.asc (or .sig) too, into the same folder`,
  });
}

async function read(file: string, what: string): Promise<Buffer> {
  try {
    return capped(await readFile(file), file);
  } catch (cause) {
    if (cause instanceof PortolanError) throw cause;
    throw new PortolanError('E_INPUT_UNREADABLE', `${what} ${file} cannot be read`, {
      remedy: 'Check its name and its permissions',
      cause,
    });
  }
}

function capped(content: Buffer, file: string): Buffer {
  if (content.length <= LARGEST) return content;
  throw new PortolanError('E_INPUT_MALFORMED', `${file} is too large for a key or a signature`, {
    remedy: 'Name the file of the key, not that of the feed',
  });
}

function isPem(key: Buffer): boolean {
  return key.includes('-----BEGIN PUBLIC KEY-----') || key.includes('-----BEGIN CERTIFICATE-----');
}

function publicKeyOf(pem: Buffer, file: string): KeyObject {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec') return key;
  } catch {
    // Said below.
  }
  throw new PortolanError('E_INPUT_MALFORMED', `${file} holds no RSA or EC public key`, {
    remedy: 'Give a public key or a certificate in PEM, or an OpenPGP key',
  });
}

async function signedByKey(file: string, { content }: Signature, key: KeyObject): Promise<boolean> {
  const verify = createVerify('sha256');
  await pipeline(createReadStream(file), verify);
  return verify.verify(key, content);
}

/** gpgv trusts every key of its ring and none beside: the ring is this one file. */
async function signedByOpenPgp(
  file: string,
  signature: Signature,
  key: Buffer,
  stop: AbortSignal,
): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-feed-'));
  try {
    const ring = join(folder, 'signer.gpg');
    await writeFile(ring, key, { mode: 0o600 });
    const what = ['--', signature.file, file];
    return await gpgv(['--homedir', folder, '--keyring', ring, ...what], stop);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** gpgv reads no ASCII armour (RFC 9580 §6.2): its octets are base64 between a blank line and `=`. */
function binaryKey(key: Buffer, signer: string): Buffer {
  const text = key.toString('latin1');
  if (!text.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----')) {
    // A tag octet of a packet has its highest bit set (§4.2).
    if ((key[0] ?? 0) >= 0x80) return key;
    throw new PortolanError('E_INPUT_MALFORMED', `${signer} is no key`, {
      remedy: 'Give an OpenPGP key, or a public key or certificate in PEM',
    });
  }
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => line.trim() === '');
  const body = lines.slice(start + 1);
  const end = body.findIndex((line) => line.startsWith('=') || line.startsWith('-----'));
  return Buffer.from(body.slice(0, end).join(''), 'base64');
}

async function gpgv(args: readonly string[], signal: AbortSignal): Promise<boolean> {
  const done = await runTool('gpgv', args, { milliseconds: TIMEOUT, signal });
  if (done !== undefined) return done.status === 0;
  throw new PortolanError('E_MISSING_TOOL', 'OpenPGP signatures are checked by gpgv', {
    remedy: 'Install it: apt install gpgv',
  });
}
