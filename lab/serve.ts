/**
 * What a strict server makes of the bytes received so far. A server that answers anything proves
 * nothing, so there is no way to answer without saying how many bytes were understood.
 */
export type Answer =
  | { readonly kind: 'more' }
  /** Not this protocol: hang up without a word, as real servers do. */
  | { readonly kind: 'close'; readonly why: string }
  | {
      readonly kind: 'reply';
      /** Bytes of the request that this answers. */
      readonly used: number;
      readonly bytes: Uint8Array;
      readonly end?: boolean;
    };

/** One connection. It is asked again as long as it uses bytes. */
export interface Talk {
  /** Sent before anything was received. */
  readonly greeting?: Uint8Array;
  hear(received: Buffer): Answer;
}

/** Answers one datagram, or keeps silent. */
export type Answerer = (
  datagram: Buffer,
  from: { readonly address: string; readonly port: number },
) => readonly Uint8Array[];

/** Multicast groups to join. */
export interface Groups {
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** Answers to whoever asks from this port go to the group (RFC 6762 §6). */
  readonly replyToGroup?: boolean;
}

export const MORE: Answer = { kind: 'more' };

export function close(why: string): Answer {
  return { kind: 'close', why };
}

export function reply(used: number, bytes: Uint8Array): Answer {
  return { kind: 'reply', used, bytes };
}

export function replyAndEnd(used: number, bytes: Uint8Array): Answer {
  return { kind: 'reply', used, bytes, end: true };
}

/** Big-endian. */
export function u16(value: number): Buffer {
  return Buffer.from([(value >>> 8) & 0xff, value & 0xff]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
