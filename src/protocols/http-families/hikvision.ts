import type { Fact } from '../../model/evidence.ts';
import { challenge } from '../shared/http-head.ts';
import type { Page } from '../shared/http-page.ts';
import { attributes, mentions, serverOf } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** Names of its web servers: cameras have the first three, recorders the last. */
const SERVERS = ['app-webs/', 'hikvision-webs', 'webserver/hikvision', 'dnvrs-webs'];
/** Models of its cameras and recorders, which stand in the login's realm: `DS-2CD2032-I`. */
const MODEL = /\b(?:i?DS-[A-Z0-9][A-Z0-9/-]{2,24})/;

export const hikvision = {
  id: 'hikvision',
  title: 'Hikvision camera or recorder',
  sources: ['Hikvision ISAPI, authentication: WWW-Authenticate realm; Server field of its cameras'],
  suspects: (root) => (isOne(root) ? 'named' : 'no'),
  root: readRoot,
} as const satisfies HttpFamily;

function isOne(root: Page): boolean {
  const byServer = SERVERS.some((name) => serverOf(root).startsWith(name));
  return byServer || mentions(root, '/doc/page/login.asp', 'hikvision');
}

function readRoot(root: Page): readonly Fact[] {
  const realm = challenge(root.head.headers)?.realm ?? '';
  return attributes({
    vendor: 'Hikvision',
    model: MODEL.exec(realm)?.[0],
    kind: serverOf(root).startsWith('dnvrs') ? 'video recorder' : 'camera',
  });
}
