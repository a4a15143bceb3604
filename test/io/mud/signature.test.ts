import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reveal } from '../../../src/base/untrusted.ts';
import type { SignatureState, SignedMud } from '../../../src/io/mud/signature.ts';
import { signMud, verifySignature } from '../../../src/io/mud/signature.ts';
import { certificateFacts } from '../../../src/io/scan/certificate.ts';
import { Authority, hasOpenssl } from './certificates.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-signature-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const CONTENT = Buffer.from('{"ietf-mud:mud": {}}\r\nlines of two kinds\n');

describe.skipIf(!hasOpenssl && process.env['CI'] === undefined)('signatures of MUD files', () => {
  let signed: SignedMud;
  let print = '';
  let stranger = '';
  let signerName = '';

  beforeAll(async () => {
    const maker = new Authority(FOLDER, 'maker');
    // A certificate of a web server signs as well: RFC 8520 asks for no extended key usage.
    const signer = maker.issue('signer', ['extendedKeyUsage=serverAuth']);
    print = new X509Certificate(readFileSync(signer.certificate)).fingerprint256
      .replaceAll(':', '')
      .toLowerCase();
    // The extension holds the subject of the signer's certificate (RFC 8520 §11).
    const device = maker.issue('bulb', [
      '1.3.6.1.5.5.7.1.30=ASN1:SEQUENCE:name',
      ...['[name]', 'set=SET:rdn', '[rdn]', 'pair=SEQUENCE:pair', '[pair]'],
      ...['type=OID:2.5.4.3', 'value=UTF8:signer'],
    ]);
    const der = new X509Certificate(readFileSync(device.certificate)).raw;
    signerName = certificateFacts(der)?.mudSigner ?? '';
    stranger = new Authority(FOLDER, 'stranger').pem;
    const signature = await signMud(CONTENT, signer);
    signed = { content: CONTENT, signature, anchors: maker.pem, known: [print] };
  });

  const damaged = (bytes: Uint8Array | undefined, at: number): Uint8Array =>
    Uint8Array.from(bytes ?? [], (one, index) => (index === at ? one ^ 1 : one));

  test.each([
    ['of the signer who is known for the maker', () => ({}), 'good'],
    ['of a signer of whom nobody said anything', () => ({ known: [] }), 'unknown-signer'],
    [
      'of another signer than the one who is known',
      () => ({ known: ['0'.repeat(64)] }),
      'wrong-signer',
    ],
    [
      'of the signer whom the device’s certificate names',
      () => ({ known: [], named: signerName }),
      'good',
    ],
    [
      'of another than the device’s certificate names',
      () => ({ named: '0'.repeat(64) }),
      'wrong-signer',
    ],
    ['without an anchor', () => ({ anchors: undefined }), 'untrusted'],
    ['with an anchor that is another’s', () => ({ anchors: stranger }), 'untrusted'],
    ['with an empty list of anchors', () => ({ anchors: '' }), 'untrusted'],
    ['of a file in which one octet changed', () => ({ content: damaged(CONTENT, 3) }), 'changed'],
    [
      'of a file of which the line ends changed',
      () => ({ content: Buffer.from(CONTENT.toString().replace('\r', '')) }),
      'changed',
    ],
    ['that is cut off', () => ({ signature: signed.signature?.subarray(0, 40) }), 'changed'],
    ['that is empty', () => ({ signature: new Uint8Array() }), 'changed'],
    ['that is not there', () => ({ signature: undefined }), 'unsigned'],
  ] satisfies [string, () => Partial<SignedMud>, SignatureState][])(
    '%s: %s',
    async (_, parts, state) => {
      const verdict = await verifySignature({ ...signed, ...parts() });
      expect(verdict.state).toBe(state);
      expect(verdict.signer?.fingerprint ?? print).toBe(print);
    },
  );

  test('a key that is not the certificate’s signs nothing', async () => {
    const other = new Authority(FOLDER, 'third').issue('fourth');
    await expect(
      signMud(CONTENT, { key: other.key, certificate: join(FOLDER, 'signer.pem') }),
    ).rejects.toMatchObject({ code: 'E_INPUT_UNREADABLE' });
  });
});

test.skipIf(!hasOpenssl && process.env['CI'] === undefined)(
  'the MUD URL in a device’s certificate is read',
  () => {
    const maker = new Authority(FOLDER, 'factory');
    const url = 'https://lumen.example/mud/bulb-v2.json';
    const facts = (extensions: readonly string[]): string | undefined => {
      const { certificate } = maker.issue('device', extensions);
      const found = certificateFacts(new X509Certificate(readFileSync(certificate)).raw)?.mudUrl;
      return found === undefined ? undefined : reveal(found);
    };
    expect(facts([`1.3.6.1.5.5.7.1.25=ASN1:IA5STRING:${url}`, 'subjectAltName=DNS:bulb'])).toBe(
      url,
    );
    expect(facts([`1.3.6.1.5.5.7.1.25=critical,ASN1:IA5STRING:${url}`])).toBe(url);
    expect(facts([`1.3.6.1.5.5.7.1.25=ASN1:INTEGER:5`])).toBeUndefined();
    expect(facts(['subjectAltName=DNS:bulb'])).toBeUndefined();
  },
);
