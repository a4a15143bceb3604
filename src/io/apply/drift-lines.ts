import { forTerminal } from '../../base/encode.ts';
import type { Drift } from './enforcer.ts';
import { settled } from './listing.ts';

/** Lines of a difference that are shown. */
const SHOWN = 20;

/** What somebody changed in our table, line by line. */
export function driftLines({ expected, found }: Drift): readonly string[] {
  if (expected === undefined) return ['There is a table of our name that we did not load.'];
  if (found === undefined) return ['Our table is gone: a restart, or somebody deleted it.'];
  const [was, is] = [linesOf(expected), linesOf(found)];
  const lines = [
    ...missingFrom(was, is).map((line) => `- ${line}`),
    ...missingFrom(is, was).map((line) => `+ ${line}`),
  ];
  const more = lines.length > SHOWN ? [`and ${lines.length - SHOWN} more lines`] : [];
  return ['Our table is not as we left it:', ...lines.slice(0, SHOWN).map(forTerminal), ...more];
}

function linesOf(listing: string): readonly string[] {
  return settled(listing)
    .split('\n')
    .map((line) => line.trim());
}

/** Each line as often as it is missing. */
function missingFrom(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const times = left.get(line) ?? 0;
    left.set(line, times - 1);
    return times <= 0;
  });
}
