import { parsePorts } from '../../src/base/port-set.ts';
import type { Dossier, DossierLine } from '../../src/knowledge/dossier.ts';
import { faultsOfCitation } from './cited.ts';

/** What is wrong with a dossier, in words; a dossier that may be merged has none. */
export function faultsOf(dossier: Dossier, protocolIds: ReadonlySet<string>): readonly string[] {
  const { id, title, vendor, kind, aliases, matches, lines, notes } = dossier;
  const keys = lines.map(keyOf);
  return [
    ...(/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id) ? [] : [`id is not kebab case: "${id}"`]),
    ...[title, vendor, kind].filter((text) => text.trim() === '').map(() => 'an empty name'),
    ...aliases.filter((alias) => alias !== alias.toLowerCase()).map((one) => `alias: "${one}"`),
    ...(matches.length === 0 ? ['nothing can match it'] : []),
    ...matches
      .filter((match) => Object.values(match).filter((part) => part.trim() !== '').length === 0)
      .map(() => 'a match without parts fits everything'),
    ...matches.flatMap(({ speaks }) =>
      speaks === undefined || protocolIds.has(speaks) ? [] : [`unknown protocol: "${speaks}"`],
    ),
    ...(lines.length === 0 && notes.length === 0 ? ['it says nothing'] : []),
    ...keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `twice: ${key}`),
    ...lines.flatMap(faultsOfLine),
    ...notes.filter(({ text }) => text.trim() === '').map(() => 'an empty note'),
    ...notes.flatMap(({ source }) => faultsOfCitation(source)),
    ...faultsOfLogin(dossier, protocolIds),
  ];
}

/** A login has its document, and says for which devices it holds. */
function faultsOfLogin(
  { factoryLogin: login }: Dossier,
  protocolIds: ReadonlySet<string>,
): readonly string[] {
  if (login === undefined) return [];
  return [
    ...faultsOfCitation(login.source),
    ...(login.applies.trim() === '' ? ['a login without saying to what it applies'] : []),
    ...(login.protocols.length === 0 ? ['a login of no protocol'] : []),
    ...login.protocols
      .filter((id) => !protocolIds.has(id))
      .map((id) => `a login of an unknown protocol: "${id}"`),
  ];
}

function keyOf({ direction, transport, ports, peer }: DossierLine): string {
  return `${direction} ${transport}/${ports} ${peer}`;
}

function faultsOfLine(line: DossierLine): readonly string[] {
  const ports = parsePorts(line.ports);
  const empty = (['ports', 'protocol', 'peer', 'purpose'] as const).filter(
    (name) => line[name].trim() === '',
  );
  return [
    ...empty.map((name) => `no ${name}: ${keyOf(line)}`),
    ...(ports === undefined || ports.some(({ from }) => from === 0)
      ? [`not ports: "${line.ports}"`]
      : []),
    ...faultsOfCitation(line.source),
  ];
}
