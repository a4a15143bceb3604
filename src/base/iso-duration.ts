const FORM = /^P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,6})S)?)?$/;
const UNITS = [86_400_000, 3_600_000, 60_000, 1000];

/**
 * `PT1H`, `P7D`, `P1DT12H` (ISO 8601-1:2019 §5.5.2.2, without years, months and fractions).
 *
 * @returns milliseconds; undefined for what is none, and for no time at all
 */
export function parseIsoDuration(text: string): number | undefined {
  const found = FORM.exec(text);
  if (found === null) return undefined;
  const milliseconds = UNITS.reduce(
    (sum, unit, index) => sum + unit * Number(found[index + 1] ?? 0),
    0,
  );
  return milliseconds > 0 ? milliseconds : undefined;
}
