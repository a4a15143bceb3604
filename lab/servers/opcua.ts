import type { Answer, Talk } from '../serve.ts';
import { close, MORE, reply, replyAndEnd } from '../serve.ts';

const POLICY_NONE = 'http://opcfoundation.org/UA/SecurityPolicy#None';
const TRANSPORT = 'http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary';
/** Node ids of the binary encodings (OPC 10000-6 annex A): request, response. */
const OPEN = { request: 446, response: 449 } as const;
const GET_ENDPOINTS = { request: 428, response: 431 } as const;
const SERVICE_FAULT = 397;
const CHANNEL = 7;
const BAD_SERVICE_UNSUPPORTED = 0x800b0000;

export interface UaServer {
  readonly url: string;
  readonly uri: string;
  readonly product: string;
  readonly name: string;
}

/** Which chunk may follow which; a channel may be opened anew at any time. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  '': ['HEL'],
  HEL: ['OPN'],
  OPN: ['MSG', 'OPN', 'CLO'],
  MSG: ['MSG', 'OPN', 'CLO'],
};

/** OPC UA over TCP (OPC 10000-6 §7.1): hello, an unsecured channel, GetEndpoints, close. */
export function opcua(server: UaServer): () => Talk {
  return () => {
    let last = '';
    return {
      hear(received) {
        const chunk = chunkOf(received);
        if (chunk.kind !== 'chunk') return chunk;
        if (NEXT[last]?.includes(chunk.type) !== true) return close(`${chunk.type} after ${last}`);
        last = chunk.type;
        return answerTo(chunk, server);
      },
    };
  };
}

function answerTo({ type, body, used }: Chunk, server: UaServer): Answer {
  if (type === 'HEL') return hello(body, used);
  // The server hangs up and says nothing (OPC 10000-6 §6.7.4).
  if (type === 'CLO') return replyAndEnd(used, new Uint8Array(0));
  return type === 'OPN' ? openChannel(body, used) : message(body, used, server);
}

interface Chunk {
  readonly kind: 'chunk';
  readonly type: string;
  readonly body: Buffer;
  readonly used: number;
}

function chunkOf(received: Buffer): Answer | Chunk {
  const type = received.toString('latin1', 0, 3);
  if (received.length >= 4 && !/^(?:HEL|OPN|MSG|CLO)F$/.test(received.toString('latin1', 0, 4))) {
    return close('no final chunk of OPC UA');
  }
  if (received.length < 8) return MORE;
  const used = received.readUInt32LE(4);
  if (used < 8 || used > 65_535) return close('a length that cannot be');
  if (received.length < used) return MORE;
  return { kind: 'chunk', type, body: received.subarray(8, used), used };
}

/** §7.1.2.3: version, two buffer sizes of at least 8192, two limits, an endpoint URL. */
function hello(body: Buffer, used: number): Answer {
  if (body.length < 24 || body.readUInt32LE(4) < 8192 || body.readUInt32LE(8) < 8192) {
    return close('a hello that is none');
  }
  const url = body.readInt32LE(20);
  if (url > 4096 || body.length !== 24 + Math.max(0, url)) return close('a URL that lies');
  return reply(used, framed('ACK', [i32(0), i32(65_536), i32(65_536), i32(0), i32(0)]));
}

/** §6.7.2: channel, security policy, certificate, thumbprint, sequence and request numbers. */
function openChannel(body: Buffer, used: number): Answer {
  const policy = body.length > 8 ? body.readInt32LE(4) : -1;
  if (body.toString('latin1', 8, 8 + Math.max(0, policy)) !== POLICY_NONE) {
    return close('only the policy None');
  }
  const after = 8 + policy + 8; // null certificate and thumbprint
  const request = readRequest(body, after + 8, OPEN.request);
  if (request === undefined) return close('no open request');
  const parts = [
    i32(CHANNEL),
    text(POLICY_NONE),
    i32(-1),
    i32(-1),
    body.subarray(after, after + 8),
    responseHeader(OPEN.response, request, 0),
    i32(0),
    i32(CHANNEL),
    i32(1),
    time(),
    i32(3_600_000),
    i32(-1),
  ];
  return reply(used, framed('OPN', parts));
}

function message(body: Buffer, used: number, server: UaServer): Answer {
  if (body.length < 16 || body.readUInt32LE(0) !== CHANNEL) return close('another channel');
  const numbers = body.subarray(8, 16);
  const request = readRequest(body, 16, GET_ENDPOINTS.request);
  const head = [i32(CHANNEL), body.subarray(4, 8), numbers];
  if (request === undefined) {
    const fault = responseHeader(SERVICE_FAULT, 0, BAD_SERVICE_UNSUPPORTED);
    return reply(used, framed('MSG', [...head, fault]));
  }
  const answer = [responseHeader(GET_ENDPOINTS.response, request, 0), i32(1), ...endpoint(server)];
  return reply(used, framed('MSG', [...head, ...answer]));
}

/** Four-byte node id, then the request header up to its handle, which is what the answer repeats. */
function readRequest(body: Buffer, at: number, type: number): number | undefined {
  if (body.length < at + 4 || body[at] !== 1 || body.readUInt16LE(at + 2) !== type)
    return undefined;
  // Header: authentication token (null: two bytes), timestamp (8), handle (4).
  if (body[at + 4] !== 0 || body.length < at + 18) return undefined;
  return body.readUInt32LE(at + 14);
}

function responseHeader(type: number, handle: number, result: number): Buffer {
  const node = Buffer.from([1, 0, type & 0xff, type >> 8]);
  const rest = [Buffer.from([0]), i32(-1), Buffer.from([0, 0, 0])]; // no diagnostics, texts, extras
  return Buffer.concat([node, time(), i32(handle), i32(result), ...rest]);
}

/** EndpointDescription (OPC 10000-4 §7.14): one, unsecured, for anonymous users. */
function endpoint({ url, uri, product, name }: UaServer): Buffer[] {
  const description = [text(uri), text(product), Buffer.from([2]), text(name), i32(0)];
  const discovery = [i32(-1), i32(-1), i32(1), text(url)];
  const token = [i32(1), text('anonymous'), i32(0), i32(-1), i32(-1), i32(-1)];
  const security = [i32(-1), i32(1), text(POLICY_NONE)];
  return [
    text(url),
    ...description,
    ...discovery,
    ...security,
    ...token,
    text(TRANSPORT),
    Buffer.from([0]),
  ];
}

function framed(type: string, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(`${type}F`), i32(body.length + 8), body]);
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([i32(bytes.length), bytes]);
}

/** Hundreds of nanoseconds since 1601 (OPC 10000-6 §5.2.2.5). */
function time(): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(Date.now()) * 10_000n + 116_444_736_000_000_000n);
  return bytes;
}
