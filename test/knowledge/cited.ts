import type { Citation } from '../../src/knowledge/dossier.ts';

const DATE = /^(?:read )?\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/;

/** What is wrong with a citation, in words: it has to name a document and when it was made or read. */
export function faultsOfCitation({ document, date }: Citation): readonly string[] {
  return [
    ...(document.trim().length < 8 ? [`no document: "${document}"`] : []),
    ...(DATE.test(date) ? [] : [`no date: "${date}"`]),
    // Read without the day is no date: the page may have changed since.
    ...(date.startsWith('read ') && date.length !== 'read 2026-11-25'.length
      ? [`not the day on which it was read: "${date}"`]
      : []),
  ];
}
