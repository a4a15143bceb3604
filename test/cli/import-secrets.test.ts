import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message } from '../e2e/hostile-frames.ts';
import { pcapOf, tcp, udp } from '../e2e/hostile-frames.ts';

const PROGRAM = join(import.meta.dirname, '../../dist/portolan.js');
const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-secrets-'));
const DATA = join(FOLDER, 'data');

/** Known passwords: with signs that other ways to write them change. */
const PASSWORDS = [
  'Tr0ub4dor-Blue-Heron',
  'quince%Lantern&77',
  'sunken=Harbour+19/x',
  'maple "Sirup" 4 two',
] as const;
const USER = 'harbourmaster';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const url = encodeURIComponent;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** How a password passes by: port, and what both sides say. */
function conversations(password: string): readonly (readonly [number, readonly Message[]])[] {
  const basic = `Basic ${base64(`${USER}:${password}`)}`;
  const form = `username=${USER}&password=${url(password)}`;
  const get = (target: string, more = ''): readonly Message[] => [
    ['client', `GET ${target} HTTP/1.1\r\nHost: camera.example\r\n${more}\r\n`],
    ['server', OK],
  ];
  const lines = (greeting: string, ...said: readonly string[]): readonly Message[] => [
    ['server', `${greeting}\r\n`],
    ...said.map((line, index) => [index % 2 === 0 ? 'client' : 'server', `${line}\r\n`] as const),
  ];
  return [
    [80, get('/', `Authorization: ${basic}\r\nProxy-Authorization: ${basic}\r\n`)],
    [81, get(`/cgi-bin/login?user=${USER}&pwd=${url(password)}&password=${url(password)}`)],
    [82, get(`http://${USER}:${url(password)}@camera.example/index.html`)],
    [83, get(`/ws?access_token=${url(password)}&api_key=${url(password)}#${url(password)}`)],
    [84, get('/', `Cookie: session=${url(password)}\r\nX-Api-Key: ${url(password)}\r\n`)],
    [
      85,
      [
        [
          'client',
          `POST /login HTTP/1.1\r\nHost: camera.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n${form}`,
        ],
        ['server', OK],
      ],
    ],
    [21, lines('220 FTP ready', `USER ${USER}`, '331 Password', `PASS ${password}`, '230 In')],
    [
      23,
      [
        ['server', Uint8Array.of(0xff, 0xfd, 0x18)],
        ['client', Uint8Array.of(0xff, 0xfb, 0x18)],
        ...lines('login: ', USER, 'Password: ', password, 'Welcome'),
      ],
    ],
    [
      25,
      lines(
        '220 mail ESMTP',
        'EHLO x',
        '250 AUTH PLAIN',
        `AUTH PLAIN ${base64(`\0${USER}\0${password}`)}`,
        '235 ok',
      ),
    ],
    [110, lines('+OK ready', `USER ${USER}`, '+OK', `PASS ${password}`, '+OK in')],
    [143, lines('* OK IMAP4rev1', `a LOGIN ${USER} ${JSON.stringify(password)}`, 'a OK in')],
    [
      554,
      [
        [
          'client',
          `DESCRIBE rtsp://${USER}:${url(password)}@10.9.1.1/live?password=${url(password)} RTSP/1.0\r\nCSeq: 1\r\nAuthorization: ${basic}\r\n\r\n`,
        ],
        ['server', 'RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: cam\r\n\r\n'],
      ],
    ],
    [
      1883,
      [
        ['client', mqttConnect(password)],
        ['server', Uint8Array.of(0x20, 2, 0, 0)],
      ],
    ],
    [
      6379,
      [
        ['client', `*2\r\n$4\r\nAUTH\r\n$${password.length}\r\n${password}\r\n`],
        ['server', '+OK\r\n'],
      ],
    ],
    [6667, lines(':irc NOTICE * :hello', `PASS ${password}\r\nNICK ${USER}`, ':irc 001 x :hi')],
    [
      389,
      [
        ['client', ldapBind(password)],
        ['server', Buffer.from('300c02010161070a010004000400', 'hex')],
      ],
    ],
  ];
}

function sized(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)]);
}

/** MQTT 3.1.1 §3.1: with user name and password. */
function mqttConnect(password: string): Buffer {
  const flags = Buffer.from([4, 0xc2, 0, 60]);
  const body = Buffer.concat([sized('MQTT'), flags, sized('meter'), sized(USER), sized(password)]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

/** RFC 4511 §4.2, simple. */
function ldapBind(password: string): Buffer {
  const tlv = (tag: number, value: Buffer): Buffer =>
    Buffer.concat([Buffer.from([tag, value.length]), value]);
  const bind = [
    Buffer.from([2, 1, 3]),
    tlv(4, Buffer.from(USER)),
    tlv(0x80, Buffer.from(password)),
  ];
  return tlv(0x30, Buffer.concat([Buffer.from([2, 1, 1]), tlv(0x60, Buffer.concat(bind))]));
}

/** RFC 1157 §4: the community is all the protection that there is. */
function snmpGet(community: string, kind: number): Buffer {
  const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
    const value = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([tag, value.length]), value]);
  };
  const zero = Buffer.from([2, 1, 0]);
  const name = tlv(0x30, Buffer.from([6, 8, 43, 6, 1, 2, 1, 1, 5, 0]), Buffer.from([5, 0]));
  const pdu = tlv(kind, Buffer.from([2, 1, 9]), zero, zero, tlv(0x30, name));
  return tlv(0x30, Buffer.from([2, 1, 1]), tlv(4, Buffer.from(community)), pdu);
}

/** Each way in which a password may have been written down. */
function formsOf(password: string): readonly string[] {
  const whole = [password, `${USER}:${password}`, `\0${USER}\0${password}`];
  const quoted = JSON.stringify(password).slice(1, -1);
  const hex = Buffer.from(password).toString('hex');
  return [password, quoted, url(password), encodeURI(password), hex, ...whole.map(base64)];
}

function portolan(...argv: readonly string[]): string {
  const run = spawnSync(process.execPath, [PROGRAM, '--data', DATA, ...argv], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  expect([argv, run.status]).toEqual([argv, 0]);
  return run.stdout + run.stderr;
}

let printed = '';

beforeAll(() => {
  const frames = PASSWORDS.flatMap((password, index) => {
    const who = { address: `10.9.1.${index + 1}`, mac: `02:09:00:00:01:0${index}`, text: '' };
    return [
      ...conversations(password).flatMap(([port, said]) => tcp(who, 'server', port, said)),
      ...udp(who, 'server', 161, snmpGet(password, 0xa0), snmpGet(password, 0xa2)),
    ];
  });
  const capture = join(FOLDER, 'said.pcap');
  writeFileSync(capture, pcapOf(frames, Date.now() - 3_600_000));
  portolan('import', capture);
  printed = [
    ...['devices', 'services', 'findings', 'flows'].map((list) => portolan(list, '--json')),
    portolan('alerts', 'list', '--state', 'all', '--json'),
    portolan('report', '--format', 'json'),
    portolan('report', '--format', 'html'),
    portolan('analyze', capture),
  ].join('\n');
}, 120_000);
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test('who speaks so was heard', () => {
  for (const protocol of [
    'http',
    'ftp',
    'telnet',
    'smtp',
    'pop3',
    'imap',
    'rtsp',
    'mqtt',
    'snmp',
    'redis',
    'ldap',
  ]) {
    expect([
      protocol,
      printed.includes(`"protocol":"${protocol}"`) || printed.includes(`"protocol": "${protocol}"`),
    ]).toEqual([protocol, true]);
  }
});

test.each(PASSWORDS)('%s is in no file of the data folder, and nothing prints it', (password) => {
  const files = readdirSync(DATA, { recursive: true, encoding: 'utf8' })
    .map((name) => join(DATA, name))
    .filter((file) => statSync(file).isFile());
  expect(files.length).toBeGreaterThan(0);
  const kept = files.map((file) => [file, readFileSync(file)] as const);
  for (const form of formsOf(password)) {
    expect(kept.filter(([, bytes]) => bytes.includes(form)).map(([file]) => [form, file])).toEqual(
      [],
    );
    expect([form, printed.includes(form)]).toEqual([form, false]);
  }
});
