import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reveal, untrusted } from '../../src/base/untrusted.ts';
import type { Robustness } from '../../src/model/core.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { START, Story } from '../evidence.ts';
import { believe, fold, inventory } from './build.ts';

const A = '192.168.1.5';
const SIEMENS = '00:1b:1b:01:02:03';
const CARD = '00:17:88:01:02:03';

describe('how much a device can bear', () => {
  test.each<[string, Story, Robustness, string]>([
    ['nothing known', new Story().present(A, CARD), 'unknown', ''],
    [
      'a controller maker’s card',
      new Story().present(A, SIEMENS),
      'fragile',
      'it looks like a controller, by Siemens AG',
    ],
    [
      'a fieldbus that was proved',
      new Story().speaks(A, 8502, 'modbus'),
      'fragile',
      'it speaks modbus',
    ],
    ['a fieldbus’s number only', new Story().open(A, 502), 'unknown', ''],
    [
      'a printer',
      new Story().attribute(A, 'kind', 'laser printer'),
      'fragile',
      'it looks like a printer',
    ],
    [
      'it stopped answering',
      new Story()
        .attribute(A, 'kind', 'server')
        .tell({ address: A }, { kind: 'distress', after: 'tcp/80' }),
      'fragile',
      'it stopped answering while it was asked',
    ],
    ['a NAS', new Story().attribute(A, 'kind', 'nas'), 'robust', 'it is a nas'],
    [
      'Debian with SSH',
      new Story().speaks(A, 22, 'ssh').detail(A, 22, 'banner', 'SSH-2.0-OpenSSH_9.2p1 Debian-2'),
      'robust',
      'it runs Debian with an SSH server',
    ],
    [
      'Dropbear, as small devices have',
      new Story().speaks(A, 22, 'ssh').detail(A, 22, 'banner', 'SSH-2.0-dropbear_2022.83'),
      'unknown',
      '',
    ],
    [
      'a controller that the owner trusts',
      new Story().present(A, SIEMENS).says(A, { kind: 'treat-as', robustness: 'robust' }),
      'robust',
      'you said so',
    ],
    [
      'a controller maker’s panel that serves pages',
      new Story().present(A, SIEMENS).attribute(A, 'kind', 'camera', { certainty: 'likely' }),
      'fragile',
      'it looks like a controller, by Siemens AG',
    ],
  ])('%s', (_, story, robustness, reason) => {
    expect(believe(story).known(A)).toMatchObject({ robustness, reason });
  });

  test('of an address that nobody saw is unknown', () => {
    expect(inventory().known('192.168.1.200')).toEqual({
      robustness: 'unknown',
      reason: '',
      category: 'unknown',
    });
  });
});

describe('attributes', () => {
  test('what a person corrected stands above all, and the other values stay with their evidence', () => {
    const story = new Story()
      .attribute(A, 'model', 'X1')
      .says(A, { kind: 'corrected', name: 'model', value: untrusted('X2') })
      .attribute(A, 'model', 'X1')
      .attribute(A, 'model', 'x1', { certainty: 'hint' });
    const [device] = believe(story).devices();
    const models = device?.attributes.model ?? [];
    expect(models.map(({ value, source, evidence }) => [reveal(value), source, evidence])).toEqual([
      ['X2', 'user', [2]],
      ['X1', 'active', [1, 3, 4]],
    ]);
  });

  test('the certain beats the newer, the newer its equals', () => {
    const story = new Story()
      .attribute(A, 'firmware', '1.0')
      .attribute(A, 'firmware', '1.1')
      .attribute(A, 'firmware', '9.9', { certainty: 'likely' });
    const [device] = believe(story).devices();
    expect(device?.attributes.firmware?.map(({ value }) => reveal(value))).toEqual([
      '1.1',
      '1.0',
      '9.9',
    ]);
  });

  test('a device that calls itself anew each time is remembered by 16 names', () => {
    const story = new Story();
    for (let index = 0; index < 1000; index += 1) story.attribute(A, 'name', `name ${index}`);
    const [device] = believe(story).devices();
    expect(device?.attributes.name).toHaveLength(16);
    expect(device && reveal(device.name)).toBe('name 999');
  });

  test.each<[string, Story, string]>([
    ['its own name', new Story().attribute(A, 'name', 'hall-cam'), 'hall-cam'],
    [
      'vendor and model',
      new Story().attribute(A, 'vendor', 'Axis').attribute(A, 'model', 'M1065'),
      'Axis M1065',
    ],
    ['vendor and address', new Story().present(A, SIEMENS), `Siemens AG at ${A}`],
    ['address', new Story().present(A, CARD), A],
    [
      'the address that people know, not the one of its cable that was seen since',
      new Story().present(A, SIEMENS).present('fe80::21b:1bff:fe01:203%br-iot', SIEMENS),
      `Siemens AG at ${A}`,
    ],
  ])('without a better one a device is called by %s', (_, story, name) => {
    const [device] = believe(story).devices();
    expect(device && reveal(device.name)).toBe(name);
  });
});

describe('the fold', () => {
  test('gives the same beliefs live, asked at any time, and replayed', () => {
    fc.assert(
      fc.property(stories, fc.integer({ min: 1, max: 7 }), (evidence, every) => {
        const live = inventory();
        for (const [index, one] of evidence.entries()) {
          live.add(one);
          if (index % every === 0) live.known('10.0.0.1');
          if (index % (every + 3) === 0) live.devices();
        }
        const replayed = fold(evidence);
        expect(live.devices()).toEqual(replayed.devices());
        expect(live.services()).toEqual(replayed.services());
      }),
    );
  });

  test('taking back the last word leaves what was there before', () => {
    fc.assert(
      fc.property(stories, (evidence) => {
        const before = fold(evidence).devices();
        const next = evidence.length + 1;
        const at = START + 10_000_000;
        const word: Evidence = {
          ...user(next, at),
          fact: { kind: 'same', key: 'mac:00:17:88:00:00:02' },
        };
        const back: Evidence = { ...user(next + 1, at), fact: { kind: 'retract', evidence: next } };
        expect(fold([...evidence, word, back]).devices()).toEqual(before);
      }),
    );
  });

  test('every piece of evidence is about exactly one device', () => {
    fc.assert(
      fc.property(stories, (evidence) => {
        const placed = fold(evidence)
          .folded()
          .flatMap((one) => one.evidence.map(({ id }) => id));
        expect(placed.toSorted((a, b) => a - b)).toEqual(evidence.map(({ id }) => id));
      }),
    );
  });

  test('ids do not depend on the order within one instant', () => {
    const facts = new Story()
      .present(A, CARD)
      .open(A, 80)
      .identifier(A, 'uuid', '2f402f80-da50-11e1-9b23-001788010203')
      .identifier('192.168.1.6', 'uuid', '2f402f80-da50-11e1-9b23-001788010203')
      .attribute('192.168.1.6', 'name', 'bridge').evidence;
    const expected = fold(facts.map((one) => ({ ...one, at: START }))).devices();
    fc.assert(
      fc.property(fc.shuffledSubarray([...facts], { minLength: facts.length }), (shuffled) => {
        const renumbered = shuffled.map((one, index) => ({ ...one, at: START, id: index + 1 }));
        const devices = fold(renumbered).devices();
        expect(devices.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      }),
    );
  });

  test('a person’s words alone make no sighting', () => {
    const story = new Story().present(A, CARD);
    const [before] = believe(story).devices();
    story.says(A, { kind: 'called', name: untrusted('Lamp') });
    expect(believe(story).devices()[0]?.lastSeen).toBe(before?.lastSeen);
  });
});

const WHAT = ['present', 'uuid', 'host-key', 'open', 'swept', 'name', 'same', 'not-same'] as const;

type Step = (story: Story, address: string, parts: { mac?: string }, value: string) => unknown;

const STEPS: Readonly<Record<(typeof WHAT)[number], Step>> = {
  present: (story, address, { mac }) => story.present(address, mac),
  uuid: (story, address, parts, value) => story.identifier(address, 'uuid', value, parts),
  'host-key': (story, address, parts, value) => story.hostKey(address, value, parts),
  open: (story, address, parts) => story.open(address, 80, 'tcp', parts),
  swept: (story, address) => story.swept(address, '80'),
  name: (story, address, parts, value) => story.attribute(address, 'name', value, parts),
  same: (story, address, parts, value) =>
    story.says(address, { kind: 'same', key: `uuid:${value}` }, parts),
  'not-same': (story, address, parts, value) =>
    story.says(address, { kind: 'not-same', key: `uuid:${value}` }, parts),
};

/** A few addresses, cards and identifiers in every combination. */
const stories = fc
  .array(
    fc.record({
      address: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', 'fe80::1'),
      mac: fc.constantFrom(
        undefined,
        '00:17:88:00:00:01',
        '00:17:88:00:00:02',
        '9a:00:00:00:00:01',
      ),
      what: fc.constantFrom(...WHAT),
      value: fc.constantFrom('aaaa-1111', 'bbbb-2222'),
      wait: fc.constantFrom(0, 1000, 3_600_000, 90_000_000),
    }),
    { maxLength: 30 },
  )
  .map((steps) => {
    const story = new Story();
    for (const { address, mac, what, value, wait } of steps) {
      story.wait(wait);
      STEPS[what](story, address, mac === undefined ? {} : { mac }, value);
    }
    return story.evidence;
  });

function user(id: number, at: number): Omit<Evidence, 'fact'> {
  return {
    id,
    at,
    source: 'user',
    observer: 'user',
    certainty: 'proved',
    subject: { address: '10.0.0.1' },
  };
}
