import { hasPort, parsePorts } from '../base/port-set.ts';
import type { Dossier } from '../knowledge/dossier.ts';
import type { Direction, Transport } from '../model/core.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Cell } from '../model/ledger.ts';
import type { Service } from '../model/service.ts';
import { lineFor } from './dossiers.ts';

/** Where a row stands. */
export interface Place {
  readonly direction: Direction;
  readonly transport: Transport;
  readonly port: number;
}

export const NO_TRAFFIC: Cell = {
  answer: 'unknown',
  because: 'No traffic was seen: import a capture, or let portolan watch.',
};

export const NO_FIREWALL: Cell = {
  answer: 'unknown',
  because: 'No firewall was read: portolan import firewall, on the router.',
};

export const OUTWARDS: Cell = {
  answer: 'unknown',
  because: 'The device opens this connection itself: no scan can see it.',
};

export function openCell(service: Service): Cell {
  const about = { at: service.lastSeen, evidence: service.evidence };
  switch (service.state) {
    case 'open':
      return { answer: 'yes', because: `It answered${by(service)}.`, ...about };
    case 'closed':
      return { answer: 'no', because: 'It was open and refuses now.', ...about };
    case 'silent':
      return {
        answer: 'unknown',
        because: 'It was open and does not answer now: filtered, moved or switched off.',
        ...about,
      };
  }
}

function by({ sources }: Service): string {
  const words = { active: 'a scan', passive: 'traffic', import: 'an import', user: 'you' };
  return sources.length === 0 ? '' : `, as ${sources.map((one) => words[one]).join(' and ')} saw`;
}

/** Of a port that never answered. */
export function neverOpenCell(place: Place, evidence: readonly Evidence[]): Cell {
  const sweep = evidence.findLast(
    ({ fact }) =>
      fact.kind === 'swept' &&
      fact.transport === place.transport &&
      (hasPort(parsePorts(fact.closed) ?? [], place.port) ||
        hasPort(parsePorts(fact.silent) ?? [], place.port)),
  );
  if (sweep?.fact.kind !== 'swept') {
    return { answer: 'unknown', because: 'Nobody asked this port.' };
  }
  const about = { at: sweep.at, evidence: [sweep.id] };
  return hasPort(parsePorts(sweep.fact.closed) ?? [], place.port)
    ? { answer: 'no', because: 'It refused when it was asked.', ...about }
    : { answer: 'unknown', because: 'It did not answer when it was asked.', ...about };
}

/**
 * The owner's word, then the policy, then what is documented; what is optional is needed by those
 * who use it.
 *
 * @param ruled what the policy says; undefined where it says nothing
 */
export function neededCell(
  place: Place,
  evidence: readonly Evidence[],
  dossiers: readonly Dossier[],
  used: Cell,
  ruled?: Cell,
): Cell {
  return ownersWord(place, evidence) ?? ruled ?? documented(place, dossiers, used);
}

function ownersWord(place: Place, evidence: readonly Evidence[]): Cell | undefined {
  if (place.direction !== 'to-device') return undefined;
  const word = evidence.findLast(
    ({ fact }) =>
      fact.kind === 'needed' && fact.transport === place.transport && fact.port === place.port,
  );
  if (word?.fact.kind !== 'needed') return undefined;
  const { needed } = word.fact;
  const because = needed ? 'You said that it is needed.' : 'You said that it is not needed.';
  return { answer: needed ? 'yes' : 'no', because, at: word.at, evidence: [word.id] };
}

function documented(place: Place, dossiers: readonly Dossier[], used: Cell): Cell {
  const found = lineFor(dossiers, place.direction, place.transport, place.port);
  if (found === undefined) return undocumented(dossiers);
  const { dossier, line } = found;
  const citation = `${line.source.document} (${line.source.date})`;
  const what = `${dossier.title}: ${line.purpose}`;
  switch (line.need) {
    case 'required':
      return { answer: 'yes', because: `${what}.`, citation };
    case 'not-needed':
      return { answer: 'no', because: `${what}: not needed.`, citation };
    case 'optional':
      return used.answer === 'yes'
        ? { answer: 'yes', because: `${what}: optional, and in use.`, citation }
        : {
            answer: 'unknown',
            because: `${what}: optional; say whether you use it.`,
            citation,
          };
  }
}

function undocumented(dossiers: readonly Dossier[]): Cell {
  const [dossier] = dossiers;
  return {
    answer: 'unknown',
    because:
      dossier === undefined
        ? 'Nobody said, and no dossier fits this device.'
        : `Nobody said, and the dossier "${dossier.title}" does not name it.`,
  };
}
