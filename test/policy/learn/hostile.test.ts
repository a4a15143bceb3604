import fc from 'fast-check';
import { expect, test } from 'vitest';
import { learn } from '../../../src/policy/learn/learner.ts';
import type { LearntFlow, Proposal } from '../../../src/policy/learn/proposal.ts';
import { recordProposal } from '../../../src/policy/learn/record.ts';
import { readPolicy } from '../../../src/policy/read.ts';
import { CAMERA, CONTEXT, DAY, flow, NAS } from './flows.ts';

const SEED = 20_261_125;
const NAMES = new Map(CONTEXT.devices.map(({ id, endpoint }) => [id, endpoint]));
const TEXT = 'version: 1\nendpoints:\n  camera: { device: PTL-D-CAM1 }\n';

/** Few ends and few ports, so that kinds meet each other; names are whatever DNS can carry. */
const end = fc.oneof(
  fc.constantFrom(CAMERA, NAS, '192.168.20.1', '192.168.20.77', '203.0.113.7', '198.51.100.9'),
  fc.constantFrom(
    '224.0.0.251',
    '0.0.0.0',
    '[fe80::1%eth0]',
    '[2001:db8::7]',
    '[::]',
    'no address',
  ),
);
const name = fc.oneof(
  fc.constantFrom(
    'mq.example.com',
    'MQ.example.com.',
    'nas.local',
    'com',
    '*.example.com',
    '192.0.2.1',
  ),
  fc.stringMatching(/^[a-z]{1,3}\.iot\.example\.com$/),
  fc.constantFrom(
    'a b',
    '"; drop',
    "x'}\n- id: evil",
    '-x.example',
    '..',
    'ü.example',
    'a\u0000.b',
  ),
  fc.string({ maxLength: 40 }),
);
const port = fc.oneof(
  fc.constantFrom(53, 443, 8883, 0, 65_535),
  fc.integer({ min: 32_768, max: 33_000 }),
);

const oneFlow = fc
  .record(
    {
      from: fc.oneof({ weight: 4, arbitrary: fc.constant(CAMERA) }, end),
      to: end,
      ports: fc.tuple(port, port),
      at: fc.integer({ min: 0, max: 9 * DAY }),
      transport: fc.constantFrom('tcp', 'udp', 'icmp', 'other'),
      outcome: fc.constantFrom('answered', 'answered', 'answered', 'refused', 'silent'),
      name: fc.option(name, { nil: undefined }),
      sni: fc.option(name, { nil: undefined }),
      isMidStream: fc.boolean(),
    },
    { noNullPrototype: true },
  )
  .map(({ from, to, ports, name: asked, sni, isMidStream, transport, ...rest }) =>
    flow({
      ...rest,
      transport,
      from: `${from}:${ports[0]}`,
      to: `${to}:${ports[1]}`,
      ...(asked === undefined ? {} : { name: asked }),
      ...(sni === undefined ? {} : { sni }),
      ...(isMidStream && transport === 'tcp' ? { midStream: true } : {}),
    }),
  );
/** Each a few times, on several days, so that some become rules. */
const flows = fc
  .array(fc.tuple(oneFlow, fc.integer({ min: 1, max: 5 })), { maxLength: 40 })
  .map((all) => all.flatMap(([one, times]) => repeated(one, times)))
  .map((all) => all.map((one, index) => ({ ...one, id: index + 1 })));

function repeated(one: LearntFlow, times: number): LearntFlow[] {
  return Array.from({ length: times }, (_, day) => ({
    ...one,
    firstSeen: one.firstSeen + day * DAY,
    lastSeen: one.lastSeen + day * DAY,
  }));
}

function proposed(all: readonly LearntFlow[]): Proposal {
  return learn(all, { ...CONTEXT, expireAfterDays: 365 });
}

test(`whatever comes by the wire, what is written is a policy (seed ${SEED})`, () => {
  fc.assert(
    fc.property(flows, (all) => {
      const { devices } = proposed(all);
      const { document, policy } = readPolicy(TEXT, 'policy.yaml');
      const asked = devices.map((one) => ({
        ...one,
        rules: [...one.rules, ...one.questions.flatMap(({ rules }) => rules)],
      }));
      const read = readPolicy(recordProposal(document, policy, asked, NAMES), 'policy.yaml').policy;
      expect(read.rules).toEqual(asked.flatMap(({ rules }) => rules));
      for (const { id, from, to } of read.rules) {
        expect(id).toMatch(/^learn-cam1-[0-9a-z]{6}$/);
        expect([from, to]).toContain('camera');
      }
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test(`the order of flows changes nothing (seed ${SEED})`, () => {
  fc.assert(
    fc.property(flows, fc.infiniteStream(fc.nat()), (all, keys) => {
      const order = all.map((one) => ({ one, key: keys.next().value ?? 0 }));
      const mixed = order.toSorted((a, b) => a.key - b.key).map(({ one }) => one);
      expect(proposed(mixed)).toEqual(proposed(all));
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test(`no rule leads to an address outside, or lets one in (seed ${SEED})`, () => {
  fc.assert(
    fc.property(flows, (all) => {
      for (const { rules } of proposed(all).devices) {
        const ends = rules.flatMap(({ from, to }) => [from, to]);
        expect(ends.filter((one) => /^net:(?:203|198|2001)/.test(one))).toEqual([]);
      }
    }),
    { seed: SEED, numRuns: 500 },
  );
});
