/** Text as it goes over the wire, in hex; apart from `fixtures.ts`, which the exchanges cannot import in turn. */
export function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}
