/** The choice that is at most two typing errors away, if one is. */
export function closest(word: string, choices: readonly string[]): string | undefined {
  const ranked = choices
    .map((choice) => ({ choice, distance: distanceOf(word.toLowerCase(), choice.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= 2 ? best.choice : undefined;
}

/** Levenshtein's distance; words are short, and a long one is cut. */
function distanceOf(a: string, b: string): number {
  const [left, right] = [[...a.slice(0, 40)], [...b.slice(0, 40)]];
  let before = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [i, one] of left.entries()) {
    const row = [i + 1];
    for (const [j, other] of right.entries()) {
      const changed = (before[j] ?? 0) + (one === other ? 0 : 1);
      row.push(Math.min(changed, (before[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    before = row;
  }
  return before.at(-1) ?? 0;
}
