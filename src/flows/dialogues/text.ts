const LATIN1 = new TextDecoder('latin1');

/** Characters of a message that are looked at. */
const CAP = 4096;

/** Octets as text, one character each. */
export function latin1(bytes: Uint8Array): string {
  return LATIN1.decode(bytes.subarray(0, CAP));
}

/** Whether it begins with this text, without making a text of it. */
export function startsWith(bytes: Uint8Array, text: string): boolean {
  if (bytes.length < text.length) return false;
  for (let at = 0; at < text.length; at += 1) {
    if (bytes[at] !== text.charCodeAt(at)) return false;
  }
  return true;
}
