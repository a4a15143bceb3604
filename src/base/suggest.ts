/** The choice that is at most two typing errors away, if one is. */
export function closest(word: string, choices: readonly string[]): string | undefined {
  const ranked = choices
    .map((choice) => ({ choice, distance: distanceOf(word.toLowerCase(), choice.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= 2 ? best.choice : undefined;
}

/** Damerau–Levenshtein with adjacent swaps; words are short, a long one is cut. */
function distanceOf(a: string, b: string): number {
  const [left, right] = [a.slice(0, 40), b.slice(0, 40)];
  let twoBefore: number[] = [];
  let before = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1] ? 0 : 1;
      let best = Math.min((before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (before[j - 1] ?? 0) + same);
      const swapped = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (i > 1 && j > 1 && swapped) best = Math.min(best, (twoBefore[j - 2] ?? 0) + 1);
      row.push(best);
    }
    twoBefore = before;
    before = row;
  }
  return before.at(-1) ?? 0;
}
