/** nmap's short forms that are no POSIX flags, as fingers know them (nmap(1)). */
const WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['-sn', ['--discover-only']],
  ['-Pn', ['--assume-up']],
  ['-sV', []],
  ['-sT', []],
  ['-n', []],
  ['-p-', ['--ports', '-']],
  ['-iL', ['--targets-file']],
  ['-oX', ['--nmap-xml']],
  ['-T0', ['--pace', 'gentle']],
  ['-T1', ['--pace', 'gentle']],
  ['-T2', ['--pace', 'polite']],
  ['-T3', ['--pace', 'normal']],
  ['-T4', ['--pace', 'fast']],
  ['-T5', ['--pace', 'fast']],
]);

/** Rewrites nmap's spelling behind `scan` into ours; everything else stays as it was typed. */
export function nmapSpelling(argv: readonly string[]): string[] {
  if (argv.find((word) => !word.startsWith('-')) !== 'scan') return [...argv];
  return argv.flatMap((word, index) => {
    if (argv[index - 1] === '-p' || argv[index - 1] === '--ports') return [word];
    const long = WORDS.get(word);
    if (long !== undefined) return [...long];
    // `-p22,80` and `-p T:1-1024` alike.
    const glued = /^-p([0-9TU].*)$/.exec(word)?.[1];
    return glued === undefined ? [word] : ['--ports', glued];
  });
}
