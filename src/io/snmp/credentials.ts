import { readFileSync } from 'node:fs';
import { PortolanError } from '../../base/errors.ts';

/** What an agent wants to see before it answers. Given by a person: nothing here is ever guessed. */
export type Credentials =
  | { readonly kind: 'community'; readonly community: string }
  | {
      readonly kind: 'user';
      readonly user: string;
      readonly auth?: { readonly protocol: AuthProtocol; readonly passphrase: string };
      readonly privacy?: { readonly protocol: PrivacyProtocol; readonly passphrase: string };
    };

/** Net-SNMP's names. */
export type AuthProtocol = 'MD5' | 'SHA' | 'SHA-224' | 'SHA-256' | 'SHA-384' | 'SHA-512';
export type PrivacyProtocol = 'DES' | 'AES' | 'AES-256' | 'AES-256-C';

const AUTH: readonly AuthProtocol[] = ['MD5', 'SHA', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'];
const PRIVACY: readonly PrivacyProtocol[] = ['DES', 'AES', 'AES-256', 'AES-256-C'];
/** RFC 3414 §11.2: passphrases are at least this long. */
const PASSPHRASE = 8;

/** The first line of a file that holds nothing else. @throws PortolanError E_INPUT_UNREADABLE, E_USAGE */
export function communityFrom(file: string): Credentials {
  const community = textOf(file).split(/\r?\n/, 1)[0] ?? '';
  if (community !== '' && community.length <= 255) return { kind: 'community', community };
  throw wrong(
    file,
    'its first line is no community',
    'printf %s COMMUNITY > FILE, readable by you',
  );
}

/**
 * A user of SNMPv3, in the words of Net-SNMP's snmp.conf(5): defSecurityName, defAuthType,
 * defAuthPassphrase, defPrivType, defPrivPassphrase.
 *
 * @throws PortolanError E_INPUT_UNREADABLE, E_USAGE
 */
export function userFrom(file: string): Credentials {
  const words = new Map(
    textOf(file)
      .split(/\r?\n/)
      .map((line) => /^\s*(def\w+)\s+(.*?)\s*$/i.exec(line) ?? [])
      .map(([, name = '', value = '']) => [name.toLowerCase(), unquoted(value)]),
  );
  const user = words.get('defsecurityname') ?? '';
  if (user === '') throw wrong(file, 'it has no defSecurityName', EXAMPLE);
  const auth = pair(file, AUTH, words.get('defauthtype') ?? 'SHA', words.get('defauthpassphrase'));
  const privacy = pair(
    file,
    PRIVACY,
    words.get('defprivtype') ?? 'AES',
    words.get('defprivpassphrase'),
  );
  if (privacy !== undefined && auth === undefined) {
    throw wrong(file, 'privacy needs a defAuthPassphrase too (RFC 3411)', EXAMPLE);
  }
  return {
    kind: 'user',
    user,
    ...(auth === undefined ? {} : { auth }),
    ...(privacy === undefined ? {} : { privacy }),
  };
}

const EXAMPLE =
  'Write it as snmp.conf(5) has it: defSecurityName, defAuthType, defAuthPassphrase …';

function pair<Name extends string>(
  file: string,
  names: readonly Name[],
  wanted: string,
  passphrase: string | undefined,
): { readonly protocol: Name; readonly passphrase: string } | undefined {
  if (passphrase === undefined) return undefined;
  const protocol = names.find((name) => name === wanted.toUpperCase());
  if (protocol === undefined) {
    throw wrong(file, `"${wanted}" is not one of ${names.join(', ')}`, EXAMPLE);
  }
  if (passphrase.length < PASSPHRASE) {
    throw wrong(file, `a passphrase has at least ${PASSPHRASE} characters`, EXAMPLE);
  }
  return { protocol, passphrase };
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8').slice(0, 64 * 1024);
  } catch (error) {
    throw new PortolanError('E_INPUT_UNREADABLE', `The file ${file} cannot be read`, {
      remedy: 'Check its name and its permissions',
      cause: error,
    });
  }
}

/** Names the file and never what is in it. */
function wrong(file: string, why: string, remedy: string): PortolanError {
  return new PortolanError('E_USAGE', `${file}: ${why}`, { remedy });
}
