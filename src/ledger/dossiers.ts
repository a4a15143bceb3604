import type { PortSet } from '../base/port-set.ts';
import { hasPort, parsePorts } from '../base/port-set.ts';
import { reveal } from '../base/untrusted.ts';
import type { Dossier, DossierLine, DossierMatch } from '../knowledge/dossier.ts';
import type { Direction, Transport } from '../model/core.ts';
import type { Device } from '../model/device.ts';
import type { AttributeName } from '../model/evidence.ts';
import type { Service } from '../model/service.ts';

/** What fitted a device, as long as nothing new is believed of it: then it is another object. */
interface Fitting {
  readonly services: readonly Service[];
  readonly dossiers: readonly Dossier[];
  readonly found: readonly Dossier[];
}

const fitting = new WeakMap<Device, Fitting>();

/** The dossiers that fit a device, the most specific first. */
export function dossiersFor(
  device: Device,
  services: readonly Service[],
  dossiers: readonly Dossier[],
): readonly Dossier[] {
  const known = fitting.get(device);
  if (known?.services === services && known.dossiers === dossiers) return known.found;
  const believed = TEXTS.map((name) => lowered(device, name));
  const proved = new Set(
    services.flatMap(({ protocol, certainty }) => (certainty === 'proved' ? [protocol] : [])),
  );
  const found = preparedOf(dossiers)
    .map(({ dossier, matches }) => ({ dossier, weight: weightOf(matches, believed, proved) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ dossier }) => dossier);
  fitting.set(device, { services, dossiers, found });
  return found;
}

/** The attributes by which a dossier is found, in the order of `PreparedMatch.parts`. */
const TEXTS = ['vendor', 'model', 'kind'] as const satisfies readonly AttributeName[];

function lowered(device: Device, name: AttributeName): readonly string[] {
  return (device.attributes[name] ?? []).map(({ value }) => reveal(value).toLowerCase());
}

interface PreparedMatch {
  readonly parts: readonly (string | undefined)[];
  readonly speaks: string | undefined;
  readonly weight: number;
}

interface Prepared {
  readonly dossier: Dossier;
  readonly matches: readonly PreparedMatch[];
}

const prepared = new WeakMap<readonly Dossier[], readonly Prepared[]>();

/** Lower case once, and not for each device. */
function preparedOf(dossiers: readonly Dossier[]): readonly Prepared[] {
  const known = prepared.get(dossiers);
  if (known !== undefined) return known;
  const made = dossiers.map((dossier) => ({ dossier, matches: dossier.matches.map(prepare) }));
  prepared.set(dossiers, made);
  return made;
}

/** How many parts a match has. A model says more than all the others. */
function prepare(match: DossierMatch): PreparedMatch {
  const parts = TEXTS.map((name) => match[name]?.toLowerCase());
  const { model, speaks } = match;
  const count = parts.filter((part) => part !== undefined).length;
  const weight = count + (model === undefined ? 0 : 4) + (speaks === undefined ? 0 : 1);
  return { parts, speaks, weight };
}

/** The best of the matches of which every part fits; 0 where there is none. */
function weightOf(
  matches: readonly PreparedMatch[],
  believed: readonly (readonly string[])[],
  proved: ReadonlySet<string>,
): number {
  let best = 0;
  for (const { parts, speaks, weight } of matches) {
    if (weight <= best || (speaks !== undefined && !proved.has(speaks))) continue;
    const fits = parts.every(
      (part, index) =>
        part === undefined || (believed[index] ?? []).some((text) => text.includes(part)),
    );
    if (fits) best = weight;
  }
  return best;
}

export interface DocumentedLine {
  readonly dossier: Dossier;
  readonly line: DossierLine;
}

/** The line of the most specific dossier that has one for the port. */
export function lineFor(
  dossiers: readonly Dossier[],
  direction: Direction,
  transport: Transport,
  port: number,
): DocumentedLine | undefined {
  for (const dossier of dossiers) {
    const lines = dossier.lines.filter(
      (line) =>
        line.direction === direction &&
        line.transport === transport &&
        hasPort(portsOfLine(line), port),
    );
    // A port may have a line for each purpose: one that requires it is enough.
    const best = lines.toSorted((a, b) => NEEDS.indexOf(a.need) - NEEDS.indexOf(b.need))[0];
    if (best !== undefined) return { dossier, line: best };
  }
  return undefined;
}

const linePorts = new WeakMap<DossierLine, PortSet>();

/** Read once: a line is asked about for every row of every device that it fits. */
export function portsOfLine(line: DossierLine): PortSet {
  const known = linePorts.get(line);
  if (known !== undefined) return known;
  const ports = parsePorts(line.ports) ?? [];
  linePorts.set(line, ports);
  return ports;
}

const NEEDS: readonly DossierLine['need'][] = ['required', 'optional', 'not-needed'];
