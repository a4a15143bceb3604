import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PortolanError } from '../../../src/base/errors.ts';
import { checkFeedSignature } from '../../../src/io/feed/signature.ts';
import { CSAF } from '../../importers/feeds/samples.ts';
import { lacking } from '../../lab/need.ts';

const noTool = lacking('openssl', 'gpg', 'gpgv');
const { signal } = new AbortController();

let folder = '';
let feed = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-signed-'));
  if (noTool !== undefined) return;
  openssl('genrsa', '-out', at('rsa.key'), '2048');
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', at('ec.key'));
  openssl('genpkey', '-algorithm', 'ed25519', '-out', at('ed.key'));
  for (const kind of ['rsa', 'ec', 'ed']) {
    openssl('pkey', '-in', at(`${kind}.key`), '-pubout', '-out', at(`${kind}.pub`));
  }
  const who = ['-subj', '/CN=feeds', '-days', '30', '-out', at('rsa.crt')];
  openssl('req', '-x509', '-new', '-key', at('rsa.key'), ...who);
  for (const name of ['maker', 'stranger']) {
    gpg('--passphrase', '', '--quick-gen-key', `${name}@portolan.test`, 'ed25519', 'sign', 'never');
    gpg('--armor', '--output', at(`${name}.asc`), '--export', `${name}@portolan.test`);
    gpg('--output', at(`${name}.gpg`), '--export', `${name}@portolan.test`);
  }
}, 60_000);

afterAll(() => {
  if (noTool === undefined) execFileSync('gpgconf', ['--homedir', folder, '--kill', 'all']);
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  feed = at('ICSA-21-152-01.json');
  copyFileSync(CSAF, feed);
  for (const ending of ['.asc', '.sig']) rmSync(feed + ending, { force: true });
});

function at(name: string): string {
  return join(folder, name);
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}

function gpg(...args: readonly string[]): void {
  execFileSync('gpg', ['--homedir', folder, '--batch', '--yes', ...args], { stdio: 'pipe' });
}

/** @returns the signers that are given with it, for the tables below */
function signedByRsa(...signers: readonly string[]): readonly string[] {
  signByKey('rsa');
  return signers;
}

function signByKey(kind: 'rsa' | 'ec'): void {
  openssl('dgst', '-sha256', '-sign', at(`${kind}.key`), '-out', `${feed}.sig`, feed);
}

function signByOpenPgp(name: string): void {
  gpg('--armor', '-u', `${name}@portolan.test`, '--output', `${feed}.asc`, '--detach-sign', feed);
}

async function refusal(signers: readonly string[]): Promise<string> {
  const error: unknown = await checkFeedSignature(feed, signers, signal).catch((why) => why);
  if (error instanceof PortolanError) return `${error.code}: ${error.message}`;
  throw new Error(`It was expected to be refused: ${String(error)}`);
}

test.skipIf(noTool)(
  'a file that one of the signers signed is taken, and it is said by whom',
  async () => {
    signByOpenPgp('maker');
    expect(await checkFeedSignature(feed, [at('maker.asc')], signal)).toBe('maker.asc');
    expect(await checkFeedSignature(feed, [at('maker.gpg')], signal)).toBe('maker.gpg');
    expect(await checkFeedSignature(feed, [at('stranger.asc'), at('maker.asc')], signal)).toBe(
      'maker.asc',
    );
    rmSync(`${feed}.asc`);
    signByKey('rsa');
    expect(await checkFeedSignature(feed, [at('rsa.pub')], signal)).toBe('rsa.pub');
    expect(await checkFeedSignature(feed, [at('rsa.crt')], signal)).toBe('rsa.crt');
    signByKey('ec');
    expect(await checkFeedSignature(feed, [at('rsa.pub'), at('ec.pub')], signal)).toBe('ec.pub');
  },
);

test.skipIf(noTool)('one octet more, or another signer, and it is refused', async () => {
  signByOpenPgp('maker');
  expect(await refusal([at('stranger.asc'), at('rsa.pub')])).toMatch(
    /^E_INPUT_MALFORMED: .* signed by somebody else/,
  );
  appendFileSync(feed, ' ');
  expect(await refusal([at('maker.asc')])).toMatch(/^E_INPUT_MALFORMED: .* was changed/);
  rmSync(`${feed}.asc`);
  signByKey('ec');
  appendFileSync(feed, ' ');
  expect(await refusal([at('ec.pub')])).toMatch(/^E_INPUT_MALFORMED: .* was changed/);
});

const REFUSED: readonly (readonly [
  what: string,
  prepare: () => readonly string[],
  says: RegExp,
])[] = [
  [
    'no signature beside it',
    () => [at('rsa.pub')],
    /^E_INPUT_UNREADABLE: .* has no signature beside it/,
  ],
  [
    'a key that is not there',
    () => signedByRsa(at('none.pub')),
    /^E_INPUT_UNREADABLE: The key .*none\.pub/,
  ],
  ['a feed in place of a key', () => signedByRsa(feed), /^E_INPUT_MALFORMED: .* is no key/],
  [
    'a key that does not hash first',
    () => signedByRsa(at('ed.pub')),
    /^E_INPUT_MALFORMED: .* RSA or EC/,
  ],
  [
    'an armour with nothing in it',
    () => {
      signByOpenPgp('maker');
      writeFileSync(
        at('empty.asc'),
        '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n',
      );
      return [at('empty.asc')];
    },
    /^E_INPUT_MALFORMED: .* is of none of empty\.asc/,
  ],
  [
    'a signature of 2 MB',
    () => {
      writeFileSync(`${feed}.asc`, Buffer.alloc(2_000_000));
      return [at('maker.asc')];
    },
    /^E_INPUT_MALFORMED: .* is too large/,
  ],
];

for (const [what, prepare, says] of REFUSED) {
  test.skipIf(noTool)(`refused with a reason: ${what}`, async () => {
    expect(await refusal(prepare())).toMatch(says);
  });
}
