import type { DialogueContext, Side } from '../src/flows/dialogues/dialogue.ts';
import { dialogueKinds } from '../src/flows/dialogues/index.ts';
import type { Observation } from '../src/model/observation.ts';
import type { FuzzTarget } from './_fuzz.ts';
import { joined, octets, parted } from './_fuzz-parts.ts';
import type { Spoken } from './_fuzz-spoken.ts';
import { spokenSeeds } from './_fuzz-spoken.ts';

const CLIENT = { address: '192.0.2.7', port: 40_000 };
const SERVER = { address: '192.0.2.9', port: 80 };
const TOTALS = { sent: 1000, received: 1000 };

/** First octet of a segment: who said it, and what of it is not whole. */
const FROM_SERVER = 1;
const IS_CUT = 2;
const HAS_GAP = 4;

/** Everyone who follows conversations for logins, operations and handshakes. */
export function dialogueTargets(): readonly FuzzTarget[] {
  const spoken = spokenSeeds();
  return dialogueKinds.map((kind) => ({
    name: `flows/dialogues/${kind.id}`,
    seeds: [
      ...spoken.flatMap(({ client, server }) => {
        const heard = [said('client', client), ...server.map((one) => said('server', one))];
        if (kind.begins(client, 'client')) return [joined(heard)];
        const [first] = server;
        return first !== undefined && kind.begins(first, 'server') ? [joined(heard.slice(1))] : [];
      }),
      ...crossed(kind, spoken),
      ...SESSIONS.filter((session) => beginsSo(kind, session)).map((session) =>
        joined(session.map(([side, words]) => said(side, octets(words)))),
      ),
    ],
    run: (bytes) => follow(kind, parted(bytes)),
  }));
}

/** The first who begins so, with everything that servers of the protocol say, as far as it was captured. */
function crossed(kind: Kind, spoken: readonly Spoken[]): readonly Uint8Array[] {
  const first = spoken.find(({ client }) => kind.begins(client, 'client'));
  if (first === undefined) return [];
  return spoken
    .filter(({ protocol }) => protocol === first.protocol)
    .map(({ server }) => {
      const answers = server.map((one) => said('server', one, IS_CUT));
      return joined([said('client', first.client), ...answers]);
    });
}

type Kind = (typeof dialogueKinds)[number];
type Session = readonly (readonly [Side, string])[];

function said(side: Side, bytes: Uint8Array, flags = 0): Uint8Array {
  return Buffer.concat([Buffer.from([flags | (side === 'server' ? FROM_SERVER : 0)]), bytes]);
}

function beginsSo(kind: Kind, session: Session): boolean {
  const [first] = session;
  return first !== undefined && kind.begins(octets(first[1]), first[0]);
}

function follow(kind: Kind, parts: readonly Uint8Array[]): readonly Observation[] {
  const told: Observation[] = [];
  const transport = kind.datagrams === true ? 'other' : 'tcp';
  const dialogue = kind.start((observation) => told.push(observation));
  let context: DialogueContext = { at: 0, frame: 1, client: CLIENT, server: SERVER, transport };
  for (const [index, part] of parts.entries()) {
    const flags = part[0] ?? 0;
    const side: Side = (flags & FROM_SERVER) === 0 ? 'client' : 'server';
    const bytes = part.subarray(1);
    if (index === 0 && !kind.begins(bytes, side)) return told;
    context = { ...context, at: index * 1000, frame: index + 1 };
    const ahead = (flags & HAS_GAP) === 0 ? 0 : 100;
    if (!dialogue.said(side, bytes, context, { ahead, isCut: (flags & IS_CUT) !== 0 })) break;
  }
  dialogue.closed?.(context, TOTALS);
  return told;
}

/** Logins by protocols that no other seed logs in to. */
const SESSIONS: readonly Session[] = [
  [
    ['server', '220 FTP ready\r\n'],
    ['client', 'USER admin\r\n'],
    ['server', '331 password\r\n'],
    ['client', 'PASS hunter2\r\n'],
    ['server', '530 wrong\r\n'],
    ['client', 'PASS hunter3\r\n'],
    ['server', '230 in\r\n'],
  ],
  [
    ['server', '220 mail.example ESMTP\r\n'],
    ['client', 'EHLO cam\r\n'],
    ['server', '250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n'],
    ['client', 'AUTH PLAIN AGEAYg==\r\n'],
    ['server', '235 ok\r\n'],
  ],
  [
    ['server', '* OK IMAP4rev1\r\n'],
    ['client', 'a1 LOGIN a b\r\n'],
    ['server', 'a1 NO\r\n'],
  ],
  [
    ['server', '\u00ff\u00fd\u0018login: '],
    ['client', 'root\r\n'],
    ['server', 'Password: '],
    ['client', 'xc3511\r\n'],
    ['server', '\r\nLogin incorrect\r\nlogin: '],
    ['client', 'root\r\n'],
    ['server', 'Password: '],
    ['client', 'admin\r\n'],
    ['server', '\r\nBusyBox v1.19\r\n# '],
  ],
  // Modbus: a register is written.
  [
    ['client', '\0\u0001\0\0\0\u0006\u0001\u0006\0\u0001\0\u0003'],
    ['server', '\0\u0001\0\0\0\u0006\u0001\u0006\0\u0001\0\u0003'],
  ],
  [
    ['client', 'GET /cgi?user=a&pwd=b HTTP/1.1\r\nHost: c\r\nAuthorization: Basic YTpi\r\n\r\n'],
    ['server', 'HTTP/1.1 401 Unauthorized\r\n\r\n'],
    ['client', 'POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n'],
    ['client', 'user=admin&password=b'],
    ['server', 'HTTP/1.1 302 Found\r\n\r\n'],
  ],
  [
    [
      'client',
      'POST /ctl HTTP/1.1\r\nSOAPAction: "urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping"\r\n\r\n',
    ],
    [
      'client',
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:AddPortMapping xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewExternalPort>8080</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalPort>80</NewInternalPort><NewInternalClient>192.0.2.7</NewInternalClient></u:AddPortMapping></s:Body></s:Envelope>',
    ],
    ['server', 'HTTP/1.1 200 OK\r\n\r\n'],
  ],
];
