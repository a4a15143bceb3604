import { reveal } from '../base/untrusted.ts';
import type { Detail } from '../model/service.ts';

/** A program that a service says it runs. */
export interface Software {
  /** Our word for it, and how catalogues (CPE) call its maker and it, as keys. */
  readonly program: Program;
  /** As the banner writes it; never empty. */
  readonly version: string;
  /** A distribution packed it: it mends old versions without changing their number. */
  readonly packedBy: string | undefined;
}

export interface Program {
  readonly title: string;
  /** Lower case: what stands in front of the version in a banner. */
  readonly word: string;
  readonly products: readonly (readonly [vendor: string, product: string])[];
}

/**
 * Programs of small devices that name themselves with a version, each with the CPE names under
 * which NVD's records have it (NVD CPE dictionary, names read in public records 2026-11-25).
 */
export const PROGRAMS: readonly Program[] = [
  program('nginx', 'nginx', ['f5', 'nginx'], ['nginx', 'nginx']),
  program('OpenSSH', 'openssh', ['openbsd', 'openssh']),
  program('Dropbear SSH', 'dropbear', ['dropbearsshproject', 'dropbearssh']),
  program('lighttpd', 'lighttpd', ['lighttpd', 'lighttpd']),
  program('Apache HTTP Server', 'apache', ['apache', 'httpserver']),
  program('GoAhead', 'goahead', ['embedthis', 'goahead']),
  program('Boa', 'boa', ['boa', 'boa']),
  program('mini_httpd', 'mini_httpd', ['acme', 'minihttpd']),
  program('thttpd', 'thttpd', ['acme', 'thttpd']),
  program('uc-httpd', 'uc-httpd', ['xiongmaitech', 'uchttpd']),
  program('Mongoose', 'mongoose', ['cesanta', 'mongoose']),
  program('OpenSSL', 'openssl', ['openssl', 'openssl']),
  program('PHP', 'php', ['php', 'php']),
  program('Mosquitto', 'mosquitto', ['eclipse', 'mosquitto']),
  program('dnsmasq', 'dnsmasq', ['thekelleys', 'dnsmasq']),
  program('ProFTPD', 'proftpd', ['proftpd', 'proftpd']),
  program('Exim', 'exim', ['exim', 'exim']),
  program('MiniUPnPd', 'miniupnpd', ['miniupnpproject', 'miniupnpd']),
];

function program(title: string, word: string, ...products: Program['products']): Program {
  return { title, word, products };
}

/** Particulars that name software: `Server` of HTTP, RTSP and SSDP, the banner of SSH, FTP, SMTP. */
const NAMES: ReadonlySet<string> = new Set([
  'server',
  'software',
  'banner',
  'version',
  'upnp server',
  'x-powered-by',
  'product',
]);

/** Whoever packs a program says so in its banner: `OpenSSH_8.4p1 Debian-5`, `Apache/2.4.56 (Raspbian)`. */
const PACKERS: readonly string[] = [
  'debian',
  'ubuntu',
  'raspbian',
  'red hat',
  'centos',
  'fedora',
  'suse',
  'alpine',
  'openwrt',
];

/** Characters of a banner that are looked at. */
const LOOK_AT = 512;

/** The programs with versions in the particulars of one service, each once. */
export function softwareOf(details: readonly Detail[]): readonly Software[] {
  const found = new Map<string, Software>();
  for (const { name, value } of details) {
    if (!NAMES.has(name.toLowerCase())) continue;
    const text = reveal(value).slice(0, LOOK_AT).toLowerCase();
    const packedBy = PACKERS.find((packer) => text.includes(packer));
    for (const one of PROGRAMS) {
      const version = versionBehind(text, one.word);
      const key = `${one.word} ${version}`;
      if (version !== undefined) found.set(key, { program: one, version, packedBy });
    }
  }
  return [...found.values()];
}

/** `nginx/1.18.0`, `openssh_8.4p1`, `dnsmasq-2.80`, `proftpd 1.3.5`: the word, one separator, a digit. */
function versionBehind(text: string, word: string): string | undefined {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    if (/[a-z0-9_-]/.test(before)) continue;
    const [, version] = /^[/_ -]v?(\d[0-9a-z.]{0,31})/.exec(text.slice(at + word.length)) ?? [];
    if (version !== undefined) return version;
  }
  return undefined;
}
