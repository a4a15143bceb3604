import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Monitor } from '../../src/detectors/monitor.ts';
import { tlsProfile } from '../../src/detectors/tls-profile.ts';
import type { Handshake } from '../../src/model/observation.ts';
import type { TlsExpectation, TlsOffer } from '../../src/model/tls-profile.ts';
import { readMud } from '../../src/policy/mud/read-mud.ts';
import { tlsExpectations } from '../../src/policy/mud/tls-expectations.ts';
import { HOUR, LAMP, outside, START } from './scene.ts';

const FILE = join(import.meta.dirname, '../fixtures/mud/good/tls-profile.json');
const TEXT = readFileSync(FILE, 'utf8');
const NAME = 'mq.lumen.example';

/** Exactly what the profile of the file lists. */
const OFFER: TlsOffer = {
  versions: [0x0304, 0x0303],
  cipherSuites: [4865, 4866],
  extensions: [10, 11, 13],
  groups: [29, 23],
  signatureAlgorithms: [1027],
  certificateAlgorithms: [],
  keyExchangeModes: [],
  compressions: [],
  applicationProtocols: ['mqtt'],
};

function expectationsOf(text: string): readonly TlsExpectation[] {
  const read = readMud(text);
  if (!read.ok) throw new Error(read.diagnostics.map(({ message }) => message).join());
  return tlsExpectations(read.mud);
}

function handshake(offer: Partial<TlsOffer>, more: Partial<Handshake> = {}): Handshake {
  return {
    ...{ kind: 'handshake', at: START, frame: 7, version: 'TLSv1.3' },
    client: { ...LAMP, port: 40_000 },
    server: { ...outside(1), port: 8883 },
    cipher: 'TLS_AES_128_GCM_SHA256',
    sni: NAME,
    offer: { ...OFFER, ...offer },
    ...more,
  };
}

function watched(expectations: readonly TlsExpectation[] | undefined): Monitor {
  return new Monitor({
    detectors: [tlsProfile],
    tlsProfileOf: (device) => (device === LAMP.mac ? expectations : undefined),
  });
}

/** What differs, as the sentence has it. */
function told(monitor: Monitor, seen: Handshake): readonly string[] {
  return monitor.see(seen).map(({ summary }) => summary.replace(/^.*maker says: /, ''));
}

const ONE: readonly TlsExpectation[] = expectationsOf(TEXT);
const [FIRST] = ONE;
const anyPort = ONE.map((one) => ({ ...one, ports: [] }));
const others = { name: 'other.example', profiles: [] } as const;

test.each<
  [string, Partial<TlsOffer>, Partial<Handshake>, readonly TlsExpectation[], readonly string[]]
>([
  ['all that is listed', {}, {}, ONE, []],
  ['less than what is listed', { groups: [23], cipherSuites: [4866] }, {}, ONE, []],
  ['an older version', { versions: [0x0304, 0x0302] }, {}, ONE, ['version tls11']],
  ['a version that nobody knows', { versions: [0x7f1c] }, {}, ONE, ['version 0x7f1c']],
  ['a suite', { cipherSuites: [4865, 4867] }, {}, ONE, ['cipher suite 0x1303']],
  ['an extension', { extensions: [10, 35, 11] }, {}, ONE, ['extension 35']],
  ['a group', { groups: [29, 0x11ec] }, {}, ONE, ['group 4588']],
  [
    'an algorithm of signatures',
    { signatureAlgorithms: [0x0201] },
    {},
    ONE,
    ['signature algorithm 0x0201'],
  ],
  [
    'a protocol, whose name cannot break the sentence',
    { applicationProtocols: ['\u001b[2Jh2'] },
    {},
    ONE,
    ['application protocol "\\x1b[2Jh2"'],
  ],
  [
    'many things: the first are named, the others counted',
    { groups: [1, 2, 3, 4, 5, 6] },
    {},
    ONE,
    ['group 1, group 2, group 3, group 4 and 2 more'],
  ],
  [
    'what the profile has no list of is not judged',
    { keyExchangeModes: [0], compressions: [1], certificateAlgorithms: [0x0201] },
    {},
    ONE,
    [],
  ],
  [
    'a mode of pre-shared keys, where the profile lists others',
    { keyExchangeModes: [0, 1] },
    {},
    withProfile({ keyExchangeModes: [1] }),
    ['mode of pre-shared keys 0'],
  ],
  ['a server that is not listed', {}, { sni: 'evil.example' }, ONE, ['server name "evil.example"']],
  ['no server name: it may be the one that is listed', { groups: [1] }, noName(), ONE, ['group 1']],
  ['a port of which the file says nothing', { groups: [1] }, at(443), ONE, []],
  ['every port, where the file names none', { groups: [1] }, at(443), anyPort, ['group 1']],
  [
    'another family of addresses',
    { groups: [1] },
    { server: { address: '2001:db8::1', port: 8883 } },
    ONE,
    [],
  ],
  [
    'a server over UDP, where the entry is about TCP',
    { groups: [1] },
    { transport: 'udp' },
    ONE,
    [],
  ],
  [
    'a server that has an entry without a profile',
    { groups: [1] },
    { sni: 'other.example' },
    [...ONE, ...ONE.map((one) => ({ ...one, ...others }))],
    [],
  ],
  [
    'of two profiles the nearer one is held against it',
    { groups: [24], cipherSuites: [1] },
    {},
    [...ONE, ...withProfile({ groups: [24] })],
    ['cipher suite 0x0001'],
  ],
  [
    'a class of devices may be whom it talks to, and has no profile',
    { groups: [1] },
    noName(),
    [...ONE, ...ONE.map(({ name: _name, ...one }) => ({ ...one, isClass: true, profiles: [] }))],
    [],
  ],
  ['a first message that was not whole', {}, noOffer(), ONE, []],
  ['a device whose file has no profile', { groups: [1] }, {}, [], []],
])('%s', (_, offer, more, expectations, expected) => {
  expect(told(watched(expectations), handshake(offer, more))).toEqual(expected);
});

test('each thing is told once, with what was seen, what is allowed and what to do', () => {
  const monitor = watched(ONE);
  const [signal, ...more] = monitor.see(handshake({ groups: [29, 24] }));
  expect(more).toEqual([]);
  expect(signal).toMatchObject({
    type: 'tls_profile_violation',
    severity: 'medium',
    devices: [LAMP.mac],
    port: 8883,
    usual: 'By its MUD file group: 29, 23.',
  });
  expect(signal?.evidence).toMatchObject({
    frames: [7],
    facts: expect.arrayContaining([{ name: 'group', value: '24' }]),
  });
  expect(told(monitor, handshake({ groups: [24] }, { at: START + HOUR }))).toEqual([]);
  const both = handshake({ groups: [24], cipherSuites: [5] }, { at: START + HOUR });
  expect(told(monitor, both)).toEqual(['cipher suite 0x0005']);
});

test('a device of whose file nobody knows is not judged', () => {
  expect(watched(undefined).see(handshake({ groups: [1] }))).toEqual([]);
  const monitor = new Monitor({ detectors: [tlsProfile] });
  expect(monitor.see(handshake({ groups: [1] }))).toEqual([]);
});

test('a file whose maker does not say that the device keeps to profiles has none', () => {
  const silent = TEXT.replace('"ietf-mud-tls:is-tls-dtls-profile-supported": true,', '');
  expect(expectationsOf(silent)).toEqual([]);
  expect(FIRST).toMatchObject({ family: 4, transport: 'tcp', name: NAME, isClass: false });
});

function withProfile(change: object): readonly TlsExpectation[] {
  return ONE.map((one) => ({
    ...one,
    profiles: one.profiles.map((profile) => ({ ...profile, ...change })),
  }));
}

function at(port: number): Partial<Handshake> {
  return { server: { ...outside(1), port } };
}

/** As whoever leaves it out. */
function noName(): Partial<Handshake> {
  return without('sni');
}

function noOffer(): Partial<Handshake> {
  return without('offer');
}

function without(field: 'sni' | 'offer'): Partial<Handshake> {
  return Object.defineProperty({}, field, { value: undefined, enumerable: true });
}
