import type { BoundName, BoundPolicy } from '../../model/bound-policy.ts';
import { id, nameSet, TABLE } from '../nftables/names.ts';
import { RULES_FILE, tableText } from '../nftables/render.ts';
import type { Artefact, RenderOptions } from '../target.ts';
import { only } from '../target.ts';
import { markingChains, OPENED, OPENING_LINE } from './opening.ts';

const OPENING_FILE = 'portolan-open.nft';
const UCI_FILE = 'portolan.uci';
/** Not /etc/nftables.d: fw4 includes whatever lies there inside its own table. */
const FOLDER = '/etc/portolan';
const DNS_NAME = /^[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62}){0,126}$/;

/** The words of one `config` section under a name of ours. */
interface Section {
  readonly path: string;
  readonly type: string;
  readonly options: readonly (readonly [verb: 'set' | 'add_list', key: string, value: string])[];
}

/**
 * Our table beside that of fw4, and sections in UCI that make fw4 load it each time. Rules in UCI
 * itself would not do: they know no pair of interfaces but by zones that are not ours, no MAC of a
 * source that is not the one expected, no set that keeps its addresses over a reload, and no order
 * between pairs of zones (openwrt issue 21161).
 */
export function render(policy: BoundPolicy, _options: RenderOptions = {}): Artefact {
  const sections = [...includes(), ...policy.names.map(nameSection)];
  const packages = [...new Set(sections.map(({ path }) => path.split('.')[0] ?? ''))];
  const uci = sections.map(sectionText).join('');
  const commits = packages.map((name) => `commit ${name}\n`).join('');
  const reloads = packages.map((name) => [
    `/etc/init.d/${name === 'dhcp' ? 'dnsmasq' : name}`,
    'reload',
  ]);
  return {
    files: [
      { name: RULES_FILE, text: tableText(policy, markingChains) },
      { name: OPENING_FILE, text: OPENING_LINE },
      { name: UCI_FILE, text: `${uci}${commits}` },
    ],
    check: [['nft', '-c', '-f', `{${RULES_FILE}}`]],
    apply: [
      ['mkdir', '-p', FOLDER],
      ['cp', `{${RULES_FILE}}`, `${FOLDER}/${RULES_FILE}`],
      ['cp', `{${OPENING_FILE}}`, `${FOLDER}/${OPENING_FILE}`],
      ['uci', '-q', '-f', `{${UCI_FILE}}`, 'batch'],
      ...reloads,
    ],
    remove: [
      ...sections.map(({ path }) => ['uci', '-q', 'delete', path]),
      ...packages.map((name) => ['uci', 'commit', name]),
      ...reloads,
      ['nft', 'delete', 'table', 'inet', TABLE],
      ['rm', '-f', `${FOLDER}/${RULES_FILE}`, `${FOLDER}/${OPENING_FILE}`],
    ],
    read: ['nft', '-n', 'list', 'table', 'inet', TABLE],
  };
}

function includes(): readonly Section[] {
  const include = (name: string, file: string, where: readonly [string, string][]): Section => ({
    path: `firewall.${name}`,
    type: 'include',
    options: [
      ['set', 'type', 'nftables'],
      ['set', 'path', `${FOLDER}/${file}`],
      ...where.map(([key, value]) => ['set', key, value] as const),
    ],
  });
  return [
    include('ptl_rules', RULES_FILE, [['position', 'ruleset-post']]),
    ...OPENED.map(([chain]) =>
      include(`ptl_${chain}`, OPENING_FILE, [
        ['position', 'chain-pre'],
        ['chain', chain],
      ]),
    ),
  ];
}

/**
 * Has dnsmasq put the addresses of a name into our sets before it answers. Its start script takes the
 * family of a set from the end of the set's name.
 */
function nameSection({ id: name, patterns }: BoundName): Section {
  const domains = patterns.map((pattern) => only(DNS_NAME, pattern.replace(/^\*\./, '')));
  return {
    path: `dhcp.ptl_${id(name)}`,
    type: 'ipset',
    options: [
      ['set', 'table', TABLE],
      ['set', 'table_family', 'inet'],
      ...([4, 6] as const).map((family) => ['add_list', 'name', nameSet(name, family)] as const),
      ...domains.map((domain) => ['add_list', 'domain', domain] as const),
    ],
  };
}

/** Made anew: a list that is added to twice would be twice as long. */
function sectionText({ path, type, options }: Section): string {
  const lines = options.map(([verb, key, value]) => `${verb} ${path}.${key}='${value}'\n`);
  return `delete ${path}\nset ${path}=${type}\n${lines.join('')}`;
}
