import { randomBytes } from 'node:crypto';
import { contains, parseAddress, parseNetwork } from '../../../src/base/address.ts';
import { untrusted } from '../../../src/base/untrusted.ts';
import { discover } from '../../../src/io/discover/discover.ts';
import { links } from '../../../src/io/discover/interfaces.ts';
import type { NewEvidence } from '../../../src/model/evidence.ts';
import { protocols } from '../../../src/protocols/index.ts';
import type { Protocol } from '../../../src/protocols/protocol.ts';

/**
 * Runs one discovery in whatever network namespace it is started in, and prints what came of it as
 * JSON. `driver.mjs TARGETS SCOPE EXCLUDE [MILLISECONDS]`, ranges with commas between.
 */
const [, , targets = '', scope = '', exclude = '', milliseconds = '60000'] = process.argv;

/** A search with the smallest grammar that can be answered, by group and by broadcast. */
const roll: Protocol = {
  id: 'roll-call',
  title: 'Roll call',
  ports: [],
  sources: ['this test'],
  depth: 0,
  recognise: () => ({ kind: 'no' }),
  search: {
    transport: 'udp',
    port: 4999,
    groups: ['239.255.77.1', 'ff02::4999', 'broadcast'],
    questions: () => [Uint8Array.from(Buffer.from('who?'))],
    read: (datagram, sender) => {
      const [word, name = '', description] = Buffer.from(datagram).toString('latin1').split(' ');
      if (word !== 'me') return [];
      const value = untrusted(name);
      return [
        {
          address: sender.address,
          facts: [{ kind: 'attribute', name: 'name', value }],
          ...(description === undefined ? {} : { description }),
        },
      ];
    },
  },
};

/** Asks what services there are (RFC 6763 §9); any response of RFC 6762 §18.2 is an answer. */
const services: Protocol = {
  ...roll,
  id: 'dns-sd',
  search: {
    transport: 'udp',
    port: 5353,
    groups: ['224.0.0.251', 'ff02::fb'],
    questions: () => [pointer('\u0009_services\u0007_dns-sd\u0004_udp')],
    raises: (datagram) =>
      Buffer.from(datagram).includes('_workstation')
        ? [pointer('\u000c_workstation\u0004_tcp')]
        : [],
    read: (datagram, { address }) => {
      const isResponse = ((datagram[2] ?? 0) & 0x80) !== 0;
      const value = untrusted(Buffer.from(datagram).toString('latin1'));
      return isResponse ? [{ address, facts: [{ kind: 'attribute', name: 'name', value }] }] : [];
    },
  },
};

const ranges = { targets: parse(targets), ranges: parse(scope), exclude: parse(exclude) };
const evidence: NewEvidence[] = [];
const notes: string[] = [];
const fetched: string[] = [];
const plan = {
  observer: 'PTL-S-TEST',
  targets: ranges.targets,
  scope: { ranges: ranges.ranges, exclude: ranges.exclude, allows },
  packetsPerSecond: 250,
};
const started = performance.now();
const result = await discover(plan, (more) => evidence.push(...more), {
  signal: AbortSignal.timeout(Number(milliseconds)),
  protocols: [...protocols.all.filter(({ id }) => id !== 'mdns'), roll, services],
  links: links(),
  now: Date.now,
  nonce: () => randomBytes(32),
  note: (text) => notes.push(text),
  descriptions: {
    fetch: (url, from) => {
      fetched.push(`${from} ${url}`);
      return Promise.resolve(Buffer.from('<root/>'));
    },
    parse: (document) => [
      { kind: 'detail', name: 'bytes', value: untrusted(String(document.length)) },
    ],
  },
});
process.stdout.write(
  JSON.stringify({
    ...result,
    found: [...result.found.values()],
    evidence,
    notes,
    fetched,
    seconds: (performance.now() - started) / 1000,
    megabytes: process.memoryUsage().rss / 2 ** 20,
  }),
);

/** A question for PTR records (RFC 1035 §4.1). */
function pointer(labels: string): Uint8Array {
  return Buffer.concat([
    Buffer.from([0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
    Buffer.from(`${labels}\u0005local\u0000`, 'latin1'),
    Buffer.from([0, 12, 0, 1]),
  ]);
}

function parse(list: string) {
  return list
    .split(',')
    .map((text) => parseNetwork(text))
    .filter((range) => range !== undefined);
}

function allows(text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  const holds = (range: (typeof ranges.exclude)[number]): boolean => contains(range, address);
  return ranges.ranges.some(holds) && !ranges.exclude.some(holds);
}
