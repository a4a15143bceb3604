import type { LabHost } from '../device.ts';
import type { Answerer } from '../serve.ts';

const GET = 0x01;
const EMPTY = 0;
const URI_PATH = 11;
const CONTENT_FORMAT = 12;
const LINK_FORMAT = 40;

/** CoAP (RFC 7252) over UDP: GET of `/.well-known/core` and of the given resources; ping is reset. */
export function coap(
  host: LabHost,
  port: number,
  resources: Readonly<Record<string, string>>,
): Answerer {
  return (datagram) => {
    const request = parse(datagram);
    if (request === undefined || request.type > 1) return [];
    if (request.code === EMPTY) return [header(3, EMPTY, request.id, Buffer.alloc(0))];
    if (request.code > GET) {
      host.log({ event: 'write', port, detail: datagram.toString('hex', 0, 64) });
    }
    return [respond(request, resources)];
  };
}

function respond(request: Request, resources: Readonly<Record<string, string>>): Buffer {
  // An acknowledgement to a confirmable request, else a message of its own.
  const kind = request.type === 0 ? 2 : 1;
  if (request.code !== GET) return header(kind, 0x85, request.id, request.token);
  const isCore = request.path === '.well-known/core';
  const body = isCore ? links(resources) : resources[request.path];
  if (body === undefined) return header(kind, 0x84, request.id, request.token);
  const format = isCore ? [(CONTENT_FORMAT << 4) | 1, LINK_FORMAT] : [CONTENT_FORMAT << 4];
  return Buffer.concat([
    header(kind, 0x45, request.id, request.token),
    Buffer.from([...format, 0xff]),
    Buffer.from(body),
  ]);
}

/** RFC 6690. */
function links(resources: Readonly<Record<string, string>>): string {
  return Object.keys(resources)
    .map((path) => `</${path}>;rt="sensor";ct=0`)
    .join(',');
}

interface Request {
  readonly type: number;
  readonly code: number;
  readonly id: number;
  readonly token: Buffer;
  readonly path: string;
}

/** §3; undefined for what must be ignored (§3: other versions, §4.2: malformed). */
function parse(datagram: Buffer): Request | undefined {
  const first = datagram[0] ?? 0;
  const tokenLength = first & 15;
  if (datagram.length < 4 || first >> 6 !== 1 || tokenLength > 8) return undefined;
  const code = datagram[1] ?? 0;
  if (code === EMPTY && datagram.length !== 4) return undefined;
  if (code >> 5 > 0 || datagram.length < 4 + tokenLength) return undefined;
  const path = uriPath(datagram.subarray(4 + tokenLength));
  if (path === undefined) return undefined;
  return {
    type: (first >> 4) & 3,
    code,
    id: datagram.readUInt16BE(2),
    token: datagram.subarray(4, 4 + tokenLength),
    path,
  };
}

function uriPath(bytes: Buffer): string | undefined {
  const parts: string[] = [];
  let at = 0;
  let number = 0;
  while (at < bytes.length && bytes[at] !== 0xff) {
    const byte = bytes[at] ?? 0;
    const delta = extended(bytes, at + 1, byte >> 4);
    const length = extended(bytes, at + 1 + delta.size, byte & 15);
    if (delta.value < 0 || length.value < 0) return undefined;
    const start = at + 1 + delta.size + length.size;
    at = start + length.value;
    if (at > bytes.length) return undefined;
    number += delta.value;
    if (number === URI_PATH) parts.push(bytes.toString('utf8', start, at));
  }
  return parts.join('/');
}

/** §3.1: 13 and 14 announce one and two more bytes; 15 is reserved. */
function extended(bytes: Buffer, at: number, nibble: number): { value: number; size: number } {
  if (nibble < 13) return { value: nibble, size: 0 };
  const size = nibble - 12;
  if (nibble === 15 || at + size > bytes.length) return { value: -1, size: 0 };
  return { value: bytes.readUIntBE(at, size) + (nibble === 13 ? 13 : 269), size };
}

function header(type: number, code: number, id: number, token: Buffer): Buffer {
  const first = 0x40 | (type << 4) | token.length;
  return Buffer.concat([Buffer.from([first, code, id >> 8, id & 0xff]), token]);
}
