import type { FieldList } from '../shared/field-list.ts';
import { ofBoth } from '../shared/field-list.ts';
import type { Head } from '../shared/http-head.ts';
import { field, parseHead } from '../shared/http-head.ts';
import { textOf } from '../shared/text.ts';

/** Messages of one side that are read, and octets between which a start line is looked for. */
const HEADS_CAP = 64;
const GAP_CAP = 65_536;

/** Either side sends requests (RFC 3261 §12.2); Server is what a server is, User-Agent a client (§20.35, §20.41). */
export const sipFields = ofBoth((bytes, fields) => {
  for (const { protocol, method, headers } of messagesIn(bytes)) {
    if (protocol !== 'SIP') continue;
    fields.add('sip.method', method);
    fields.add('sip.user_agent', field(headers, 'user-agent'));
    fields.add('sip.server', field(headers, 'server'));
  }
});

/** RFC 2326 §6: methods of the client, and what both call themselves. */
export const rtspFields = ofBoth((bytes, fields) => {
  for (const head of messagesIn(bytes)) if (head.protocol === 'RTSP') addRtsp(head, fields);
});

function addRtsp({ method, headers }: Head, fields: FieldList): void {
  fields.add('rtsp.method', method);
  fields.add('rtsp.user_agent', field(headers, 'user-agent'));
  fields.add('rtsp.server', field(headers, 'server'));
}

/** UPnP Device Architecture 2.0 §1.2.2, §1.3: announcements, searches and answers have one form. */
export const ssdpFields = ofBoth((bytes, fields) => {
  for (const { headers } of messagesIn(bytes)) {
    fields.add('ssdp.server', field(headers, 'server'));
    fields.add('ssdp.type', field(headers, 'nt') ?? field(headers, 'st'));
    fields.add('ssdp.usn', field(headers, 'usn'));
    fields.add('ssdp.user_agent', field(headers, 'user-agent'));
  }
});

/** Messages of HTTP's form, with bodies or frames of a stream (RFC 2326 §10.12) between them. */
function* messagesIn(bytes: Uint8Array): Generator<Head> {
  for (let at = 0, heads = 0; at < bytes.length && heads < HEADS_CAP; heads += 1) {
    const rest = bytes.subarray(at);
    const found = [parseHead(rest, 'response'), parseHead(rest, 'request')].find(
      (parsed) => parsed.kind === 'ok',
    );
    if (found?.kind === 'ok') yield found.value;
    const next = nextStart(bytes, at + (found?.kind === 'ok' ? found.size : 1));
    if (next === undefined) return;
    at = next;
  }
}

/** Where a line of this form begins; the search goes over each octet once. */
function nextStart(bytes: Uint8Array, from: number): number | undefined {
  const text = textOf(bytes.subarray(from, from + GAP_CAP), GAP_CAP);
  const found = /(?:RTSP|SIP)\/\d\.\d/.exec(text);
  if (found === null) return undefined;
  const line = text.lastIndexOf('\n', found.index) + 1;
  return from + startIn(text.slice(line, found.index), line);
}

/** A request's method stands before its target, behind what may be the end of a frame. */
function startIn(before: string, line: number): number {
  const target = before.lastIndexOf(' ', before.length - 2);
  const method = /[A-Z_]{3,16}$/.exec(before.slice(Math.max(target - 16, 0), Math.max(target, 0)));
  return line + (method === null ? before.length : target - method[0].length);
}
