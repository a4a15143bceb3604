import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;

/** A certificate authority in a folder, made by the real openssl. */
export class Authority {
  readonly #folder: string;
  readonly #name: string;
  readonly certificate: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.certificate = join(folder, `${name}.pem`);
    openssl([
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', join(folder, `${name}.key`), '-out', this.certificate],
      ...['-subj', `/CN=${name}`, '-days', '3650'],
    ]);
  }

  get pem(): string {
    return readFileSync(this.certificate, 'utf8');
  }

  /** @param extensions lines of openssl's configuration */
  issue(name: string, extensions: readonly string[] = []): { key: string; certificate: string } {
    const file = (kind: string): string => join(this.#folder, `${name}.${kind}`);
    openssl([
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', file('key'), '-out', file('csr'), '-subj', `/CN=${name}`],
    ]);
    writeFileSync(file('cnf'), `${extensions.join('\n')}\n`);
    openssl([
      ...['x509', '-req', '-in', file('csr'), '-out', file('pem'), '-days', '3650'],
      ...['-CA', this.certificate, '-CAkey', join(this.#folder, `${this.#name}.key`)],
      ...['-set_serial', '77', '-extfile', file('cnf')],
    ]);
    return { key: file('key'), certificate: file('pem') };
  }
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
