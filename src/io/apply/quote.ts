/**
 * A word for a POSIX shell: within single quotes every character stands for itself, and a single quote
 * is written between two of them (XCU 2.2.2). The one way in which anything of ours reaches a shell:
 * sshd gives the command that it gets to the login shell of the account.
 */
export function quoteWord(word: string): string {
  if (word.includes('\0')) throw new RangeError('a word of a command has no NUL');
  return `'${word.replaceAll("'", "'\\''")}'`;
}

export function quoteCommand(command: readonly string[]): string {
  return command.map(quoteWord).join(' ');
}
