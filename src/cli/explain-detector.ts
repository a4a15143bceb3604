import { endingText, kindOf } from '../alerts/kinds.ts';
import type { Detector } from '../detectors/detector.ts';
import { detectors } from '../detectors/index.ts';

/** The detector of that id, or the one that signals that type. */
export function findDetector(word: string): Detector | undefined {
  const text = word.toLowerCase();
  return (
    detectors.all.find(({ types }) => types.includes(text)) ??
    detectors.all.find(({ id }) => id === text)
  );
}

/** Every word by which a detector can be asked for. */
export function detectorWords(): readonly string[] {
  return detectors.all.flatMap(({ id, types }) => [id, ...types]);
}

export function plainDetector(detector: Detector): object {
  const { id, title, types, learns, thresholds = [], sources, knownFalse } = detector;
  const ends = Object.fromEntries(types.map((type) => [type, kindOf(type).ending]));
  return { detector: { id, title, types, learns, thresholds, sources, knownFalse, ends } };
}

export function detectorText(detector: Detector): string {
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
