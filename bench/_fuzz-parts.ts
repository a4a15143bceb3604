/** Octets that are made of no more than so many parts. */
const MOST = 64;

/** Several octet strings as one: before each stands its length, in two octets. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    parts.flatMap((part) => {
      const whole = part.subarray(0, 0xffff);
      return [Buffer.from([whole.length >> 8, whole.length & 255]), whole];
    }),
  );
}

/** The parts again; of damaged octets as many as there are, the last as long as it is. */
export function parted(bytes: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at + 1 < bytes.length && parts.length < MOST; ) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    // Memory of its own: who reads beyond the end finds nothing.
    parts.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return parts;
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

export function octets(of: string): Uint8Array {
  return Buffer.from(of);
}
