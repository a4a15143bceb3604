import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  /** Of the authority that signed `cert`. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const HERE = 'DNS:localhost,IP:127.0.0.1';

/** An authority, and a certificate of it, by default for this machine; made by openssl. */
export function makeCertificates(folder: string, names = HERE): Certificates {
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { stdio: 'pipe' });
  };
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...fresh,
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
  );
  openssl(
    'req',
    '-x509',
    ...fresh,
    '-keyout',
    file('key.pem'),
    '-out',
    file('cert.pem'),
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-CA',
    file('ca.pem'),
    '-CAkey',
    file('ca.key'),
    '-addext',
    `subjectAltName=${names}`,
    '-addext',
    'basicConstraints=CA:FALSE',
  );
  return { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') };
}
