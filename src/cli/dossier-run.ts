import { PortolanError } from '../base/errors.ts';
import { closest } from '../base/suggest.ts';
import type { Dossier, DossierLine } from '../knowledge/dossier.ts';
import { dossiers } from '../knowledge/dossiers/index.ts';
import type { FactoryLogin } from '../model/factory-login.ts';
import type { Input } from './command.ts';
import { jsonList } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

export function runDossier(shell: Shell, input: Input): Promise<number> {
  const [wanted] = input.args;
  const found = wanted === undefined ? dossiers.all : [find(wanted)];
  if (shell.json) shell.out(jsonList(shell, 'dossiers', found));
  else if (wanted === undefined) shell.out(overview(shell));
  else for (const dossier of found) shell.out(inFull(shell, dossier));
  return Promise.resolve(0);
}

function overview(shell: Shell): string {
  return table<Dossier>(
    shell,
    [
      { title: 'Dossier', value: ({ id }) => id },
      { title: 'Device', value: ({ title }) => title },
      { title: 'Category', value: ({ category }) => category, rank: 1 },
      { title: 'Lines', value: ({ lines }) => lines.length, align: 'right' },
    ],
    dossiers.all,
  );
}

function inFull(shell: Shell, dossier: Dossier): string {
  const { id, title, category, lines, notes, factoryLogin } = dossier;
  const cited = [...lines, ...notes, ...(factoryLogin === undefined ? [] : [factoryLogin])];
  const sources = [...new Set(cited.map(({ source }) => `${source.document}, ${source.date}`))];
  const mark = (source: DossierLine['source']): string =>
    `[${sources.indexOf(`${source.document}, ${source.date}`) + 1}]`;
  const needs = table<DossierLine>(
    shell,
    [
      { title: 'Direction', value: ({ direction }) => direction },
      { title: 'Port', value: ({ ports, transport }) => `${ports}/${transport}` },
      { title: 'Protocol', value: ({ protocol }) => protocol },
      { title: 'Peer', value: ({ peer }) => peer },
      { title: 'Need', value: ({ need }) => need },
      { title: 'Certainty', value: ({ certainty }) => certainty, rank: 2 },
      { title: 'Source', value: ({ source }) => mark(source) },
      { title: 'Purpose', value: ({ purpose }) => purpose, rank: 1 },
    ],
    lines,
  );
  return `${[
    `${id}: ${title} (${category})`,
    needs.trimEnd(),
    ...notes.map(({ text, source }) => `Note: ${text} ${mark(source)}`),
    ...(factoryLogin === undefined
      ? []
      : [
          `Delivered with ${LOGINS[factoryLogin.how]}: ${factoryLogin.applies} ${mark(factoryLogin.source)}`,
        ]),
    ...sources.map((text, index) => `[${index + 1}] ${text}`),
  ].join('\n')}\n`;
}

const LOGINS: Readonly<Record<FactoryLogin['how'], string>> = {
  shared: 'one login for all of its kind',
  empty: 'a login without a password',
  'set-at-first-use': 'no login until its owner sets one',
  own: 'a login of its own, on its label',
};

/** @throws PortolanError E_NOT_FOUND */
function find(wanted: string): Dossier {
  const word = wanted.toLowerCase();
  const found = dossiers.all.find(({ id, aliases }) => id === word || aliases.includes(word));
  if (found !== undefined) return found;
  const near = closest(
    word,
    dossiers.all.flatMap(({ id, aliases }) => [id, ...aliases]),
  );
  throw new PortolanError('E_NOT_FOUND', `There is no dossier "${wanted}"`, {
    remedy:
      near === undefined
        ? 'See which there are: portolan dossier'
        : `Did you mean: portolan dossier ${near}`,
  });
}
