import { GUARD_SCRIPT } from './guard-script.ts';
import { LIST_ALL, LIST_COUNTED, LIST_OURS, obstacleIn } from './listing.ts';

/**
 * Puts the guard script in its place; nothing else is ever given to a shell as text. Each process writes
 * a file of its own, since two may come at once.
 */
export const INSTALL =
  'umask 077 && mkdir -p "$1" && cat >"$1/guard.sh.$$" && mv -f "$1/guard.sh.$$" "$1/guard.sh"';

const ID = 'PTL-C-[0-9A-Z]{4,12}';
const SECONDS = '[1-9]\\d{0,4}';
const CHANGE_FILE = `changes/${ID}/(?:rules\\.nft|load\\.nft|previous\\.nft|listing|meta)`;
const READABLE = `${CHANGE_FILE}|changes/${ID}/(?:outcome|verdict|error)|confirmed(?:\\.nft)?|pending`;
const ADDRESS = '[0-9a-f:.]{2,45}';
const PORT = '\\d{1,5}';

/** Words of the guard script after the folder. */
const VERBS: readonly (readonly [verb: string, ...words: readonly string[]])[] = [
  ['prepare', ID],
  ['put', CHANGE_FILE],
  ['get', READABLE],
  ['claim', ID],
  ['arm', ID, SECONDS],
  ['decide', ID, 'yes|no'],
  ['settle', ID],
  ['state'],
  ['leave'],
];

const FIXED: readonly (readonly string[])[] = [
  ...LIST_OURS,
  ...LIST_COUNTED,
  LIST_ALL,
  ['nft', '--version'],
  ['conntrack', '-L', '-f', 'ipv4'],
  ['conntrack', '-L', '-f', 'ipv6'],
  ['conntrack', '--version'],
];

const REVOKE: readonly string[] = [
  'conntrack',
  '-D',
  '-f',
  'ipv[46]',
  '-p',
  '\\d{1,3}',
  '--orig-src',
  ADDRESS,
  '--orig-dst',
  ADDRESS,
];
const REVOKE_PORTS: readonly string[] = [
  ...REVOKE,
  '--orig-port-src',
  PORT,
  '--orig-port-dst',
  PORT,
];

const ELEMENT = new RegExp(
  `^(?:add|delete) element inet portolan n_[a-z][a-z0-9_-]{0,39}_[46] \\{ ${ADDRESS}(?: timeout ${PORT}s)? \\}$`,
);

/**
 * Why a command is none that changes our tables and nothing else; undefined where it is one. Whoever
 * holds the right asks this of every command, so that the process in front of it can do no more.
 */
export function refusal(
  command: readonly string[],
  input: string,
  folder: string,
): string | undefined {
  if (isOneOf(FIXED, command)) return input === '' ? undefined : 'it takes no input';
  const [program, script, ...rest] = command;
  if (program === 'sh' && script === '-c') return installing(rest, input, folder);
  if (program === 'sh') return guarding(command, input, folder);
  if (program === 'nft') return loadingRules(command, input, folder);
  const isRevoke = fits(REVOKE, command) || fits(REVOKE_PORTS, command);
  return isRevoke && input === '' ? undefined : `${JSON.stringify(program)} is not run like that`;
}

function installing(
  [text, _name, place]: readonly string[],
  input: string,
  folder: string,
): string | undefined {
  const isOurs = text === INSTALL && place === folder && input === GUARD_SCRIPT;
  return isOurs ? undefined : 'only the guard script is installed';
}

function guarding(command: readonly string[], input: string, folder: string): string | undefined {
  const [, script, verb, place, ...words] = command;
  const known = VERBS.find(([name]) => name === verb);
  const isFit = script === `${folder}/guard.sh` && place === folder && known !== undefined;
  if (!isFit || !fits(known.slice(1), words)) return 'the guard script knows no such command';
  if (verb !== 'put') return input === '' ? undefined : 'it takes no input';
  return words[0]?.endsWith('.nft') === true ? obstacleIn(input) : undefined;
}

function loadingRules(
  command: readonly string[],
  input: string,
  folder: string,
): string | undefined {
  const [, flag, file = '', ...more] = command;
  if (flag !== '-f' || more.length > 0) return 'nft is not run like that';
  if (file !== '-') {
    const inside = file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : '';
    const isChange = new RegExp(`^changes/${ID}/load\\.nft$`).test(inside);
    return isChange && input === '' ? undefined : 'only the rules of a change are loaded';
  }
  const lines = input.split('\n').filter((line) => line !== '');
  return lines.every((line) => ELEMENT.test(line)) ? undefined : obstacleIn(input);
}

function isOneOf(all: readonly (readonly string[])[], command: readonly string[]): boolean {
  return all.some(
    (one) => one.length === command.length && one.every((word, index) => word === command[index]),
  );
}

function fits(forms: readonly string[], words: readonly string[]): boolean {
  return (
    forms.length === words.length &&
    forms.every((form, index) => new RegExp(`^(?:${form})$`).test(words[index] ?? ''))
  );
}
