/** `88101-88103, 88114`: frames that follow each other as a range. */
export function frameRanges(frames: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const frame of frames.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && frame <= last.to + 1) last.to = frame;
    else ranges.push({ from: frame, to: frame });
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}
