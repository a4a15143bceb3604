const UTF8 = new TextDecoder('utf-8');
const UTF16BE = new TextDecoder('utf-16be');

/** UTF-8 with a replacement character for what is none; at most `cap` bytes are looked at. */
export function utf8(bytes: Uint8Array, cap = 1024): string {
  return UTF8.decode(bytes.subarray(0, cap));
}

/** UCS-2 as BACnet has it; at most `cap` bytes are looked at. */
export function utf16be(bytes: Uint8Array, cap = 1024): string {
  return UTF16BE.decode(bytes.subarray(0, cap));
}

/** A field of fixed size that was filled up with NULs or blanks. */
export function trimmed(text: string): string {
  const end = text.indexOf('\u0000');
  return (end === -1 ? text : text.slice(0, end)).trim();
}
