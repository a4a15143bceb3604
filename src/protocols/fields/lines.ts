import type { Field } from '../../model/flow.ts';
import type { FirstBytes } from '../protocol.ts';
import type { FieldList } from '../shared/field-list.ts';
import { ofBoth, ofSide } from '../shared/field-list.ts';
import { trimmed } from '../shared/strings.ts';
import { textOf } from '../shared/text.ts';
import { laterTlsFields } from './tls.ts';

/** Lines of a conversation in text that are looked at, and characters of them all. */
const LINES_CAP = 512;
const TEXT_CAP = 16_384;

/** Lines without their ends; what is cut off at the end counts as one. */
export function* linesOf(bytes: Uint8Array): Generator<string> {
  const text = textOf(bytes, TEXT_CAP);
  let from = 0;
  for (let lines = 0; from < text.length && lines < LINES_CAP; lines += 1) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end === -1 ? text.length : end);
    yield line.endsWith('\r') ? line.slice(0, -1) : line;
    if (end === -1) return;
    from = end + 1;
  }
}

/** RFC 4253 §4.2: `SSH-protoversion-softwareversion SP comments`, after other lines perhaps. */
export const sshFields = ofBoth((bytes, fields) => {
  for (const line of linesOf(bytes)) {
    if (!line.startsWith('SSH-')) continue;
    fields.add('ssh.version', trimmed(line));
    fields.add('ssh.software', /^SSH-[^-]{1,16}-([^ ]{1,253})/.exec(line)?.[1]);
    return;
  }
});

/** RFC 959 §4.1.1: USER is taken, PASS is never looked at. */
export function ftpFields(first: FirstBytes): readonly Field[] {
  const users = ofSide((bytes, fields) => {
    for (const line of linesOf(bytes)) addUser(line, 'ftp.user', fields);
  }, first.client);
  return [...users, ...laterTlsFields(first)];
}

function addUser(line: string, name: string, fields: FieldList): void {
  if (/^USER /i.test(line)) fields.add(name, line.slice(5).trim());
}

/** RFC 5321 §4.1.1.1: what the sender calls itself; credentials follow AUTH and are not looked at. */
export function smtpFields(first: FirstBytes): readonly Field[] {
  const greetings = ofSide((bytes, fields) => {
    for (const line of linesOf(bytes)) {
      const name = /^(?:HELO|EHLO|LHLO) (.{1,255})$/i.exec(line)?.[1];
      fields.add('smtp.helo', name?.trim());
    }
  }, first.client);
  return [...greetings, ...laterTlsFields(first)];
}
