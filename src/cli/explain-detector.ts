import { endingText, kindOf } from '../alerts/kinds.ts';
import type { Detector } from '../detectors/detector.ts';
import { detectors } from '../detectors/index.ts';

/** The detector of that id, and those that signal that type. */
export function findDetectors(word: string): readonly Detector[] {
  const text = word.toLowerCase();
  return detectors.all.filter(({ id, types }) => id === text || types.includes(text));
}

/** Every word by which a detector can be asked for. */
export function detectorWords(): readonly string[] {
  return detectors.all.flatMap(({ id, types }) => [id, ...types]);
}

export function plainDetectors(found: readonly Detector[]): object {
  return { detectors: found.map(plain) };
}

function plain(detector: Detector): object {
  const { id, title, types, learns, thresholds = [], sources, knownFalse } = detector;
  const ends = Object.fromEntries(types.map((type) => [type, kindOf(type).ending]));
  return { id, title, types, learns, thresholds, sources, knownFalse, ends };
}

export function detectorsText(found: readonly Detector[]): string {
  return found.map(textOf).join('\n');
}

function textOf(detector: Detector): string {
  const { id, title, types, learns, thresholds = [], sources, knownFalse } = detector;
  return `${[
    `${id}: ${title}`,
    `Alerts: ${types.join(', ')}`,
    learns
      ? 'Learns first what is usual (14 days, or until --learn-until); says nothing until then.'
      : 'Needs no learning: it works from the first minute.',
    ...thresholds.map((threshold) => `Threshold: ${threshold}`),
    ...types.map((type) => `Over, of ${type}: ${endingText(kindOf(type).ending)}.`),
    ...knownFalse.map((text) => `Known to look like it: ${text}`),
    ...sources.map((source) => `Source: ${source}`),
    'Where it is right so: portolan alerts expect PTL-A-…',
  ].join('\n')}\n`;
}
