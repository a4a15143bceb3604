/** What can be written in a name, as strftime(3) has it; local time, as tcpdump names its files. */
const CONVERSIONS: Readonly<Record<string, (at: Date) => string>> = {
  '%': () => '%',
  Y: (at) => String(at.getFullYear()),
  y: (at) => two(at.getFullYear() % 100),
  m: (at) => two(at.getMonth() + 1),
  d: (at) => two(at.getDate()),
  j: (at) => String(dayOfYear(at)).padStart(3, '0'),
  H: (at) => two(at.getHours()),
  M: (at) => two(at.getMinutes()),
  S: (at) => two(at.getSeconds()),
  s: (at) => String(Math.floor(at.getTime() / 1000)),
  F: (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
  T: (at) => [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':'),
};

/** The name for a file that begins then; a conversion that is not known stays as it is. */
export function timedName(template: string, at: Date): string {
  return template.replaceAll(/%(.)/g, (text, letter: string) => CONVERSIONS[letter]?.(at) ?? text);
}

/**
 * The name of the file with this number, from 0, of one time. Where files are reused all have as
 * many digits; else the first has none (tcpdump(1), -C and -W).
 */
export function numberedName(name: string, number: number, reused: number | undefined): string {
  if (reused !== undefined && reused > 1) {
    return name + String(number).padStart(String(reused - 1).length, '0');
  }
  return number === 0 ? name : `${name}${number}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

const DAY = 86_400_000;

function dayOfYear(at: Date): number {
  const midnight = Date.UTC(at.getFullYear(), at.getMonth(), at.getDate());
  return (midnight - Date.UTC(at.getFullYear(), 0, 1)) / DAY + 1;
}
