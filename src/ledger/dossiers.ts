import { hasPort, parsePorts } from '../base/port-set.ts';
import { reveal } from '../base/untrusted.ts';
import type { Dossier, DossierLine, DossierMatch } from '../knowledge/dossier.ts';
import type { Direction, Transport } from '../model/core.ts';
import type { Device } from '../model/device.ts';
import type { AttributeName } from '../model/evidence.ts';
import type { Service } from '../model/service.ts';

/** The dossiers that fit a device, the most specific first. */
export function dossiersFor(
  device: Device,
  services: readonly Service[],
  dossiers: readonly Dossier[],
): readonly Dossier[] {
  return dossiers
    .map((dossier) => ({
      dossier,
      weight: Math.max(...dossier.matches.map((match) => weightOf(match, device, services)), 0),
    }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ dossier }) => dossier);
}

/** How many parts of a match fit; 0 where one does not. A model says more than all the others. */
function weightOf(match: DossierMatch, device: Device, services: readonly Service[]): number {
  const texts = (['vendor', 'model', 'kind'] as const).flatMap((name) => {
    const part = match[name];
    return part === undefined ? [] : [{ name, part }];
  });
  if (!texts.every(({ name, part }) => believes(device, name, part))) return 0;
  const { speaks } = match;
  if (speaks !== undefined && !services.some((service) => isProved(service, speaks))) return 0;
  return texts.length + (match.model === undefined ? 0 : 4) + (speaks === undefined ? 0 : 1);
}

function believes(device: Device, name: AttributeName, part: string): boolean {
  const wanted = part.toLowerCase();
  const beliefs = device.attributes[name] ?? [];
  return beliefs.some(({ value }) => reveal(value).toLowerCase().includes(wanted));
}

function isProved({ protocol, certainty }: Service, wanted: string): boolean {
  return protocol === wanted && certainty === 'proved';
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
        hasPort(parsePorts(line.ports) ?? [], port),
    );
    // A port may have a line for each purpose: one that requires it is enough.
    const best = lines.toSorted((a, b) => NEEDS.indexOf(a.need) - NEEDS.indexOf(b.need))[0];
    if (best !== undefined) return { dossier, line: best };
  }
  return undefined;
}

const NEEDS: readonly DossierLine['need'][] = ['required', 'optional', 'not-needed'];
