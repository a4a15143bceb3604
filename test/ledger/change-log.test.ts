import { expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import { ChangeLog } from '../../src/ledger/change-log.ts';
import { Story } from '../evidence.ts';

const AT = '192.168.1.31';

function told(story: Story): readonly string[] {
  const log = new ChangeLog();
  for (const evidence of story.evidence) log.add(evidence);
  return log.changes.map(({ kind, text }) => `${kind}: ${text}`);
}

test.each([
  ['a port that answers', new Story().open(AT, 80), ['port-opened: tcp/80 is open']],
  [
    'once, however often it is seen',
    new Story().open(AT, 80).open(AT, 80),
    ['port-opened: tcp/80 is open'],
  ],
  [
    'one that closes and opens again',
    new Story().open(AT, 80).swept(AT, '1-1024').open(AT, 80),
    [
      'port-opened: tcp/80 is open',
      'port-closed: tcp/80 is closed',
      'port-opened: tcp/80 is open again',
    ],
  ],
  ['nothing of ports that never were open', new Story().swept(AT, '1-65535'), []],
  [
    'nothing of a port that only was silent',
    new Story().open(AT, 80).swept(AT, '', '80'),
    ['port-opened: tcp/80 is open'],
  ],
  [
    'nothing of the same number of another transport',
    new Story().open(AT, 53, 'udp').swept(AT, '53'),
    ['port-opened: udp/53 is open'],
  ],
  [
    'another protocol',
    new Story().speaks(AT, 80, 'http').speaks(AT, 80, 'mqtt'),
    ['port-opened: tcp/80 is open', 'protocol-changed: tcp/80 now speaks mqtt'],
  ],
  [
    'nothing where two protocols are told in turn',
    new Story().speaks(AT, 80, 'http').speaks(AT, 80, 'hue').speaks(AT, 80, 'http'),
    ['port-opened: tcp/80 is open', 'protocol-changed: tcp/80 now speaks hue'],
  ],
  [
    'nothing of a guess from a port number',
    new Story().speaks(AT, 80, 'http', { certainty: 'hint' }),
    [],
  ],
  [
    'new firmware, with its text quoted',
    new Story().attribute(AT, 'firmware', '5.5').attribute(AT, 'firmware', '5.6\u202e'),
    ['attribute-changed: firmware is now "5.6\\u202e"'],
  ],
  [
    "a person's word",
    new Story()
      .says(AT, { kind: 'called', name: untrusted('Gate') })
      .says(AT, { kind: 'corrected', name: 'vendor', value: untrusted('Dahua') })
      .says(AT, { kind: 'treat-as', robustness: 'fragile' }),
    [
      'attribute-changed: was named "Gate"',
      'attribute-changed: vendor was set to "Dahua"',
      'attribute-changed: is treated as fragile',
    ],
  ],
])('%s', (_, story, expected) => {
  expect(told(story)).toEqual(expected);
});

test('is about the MAC where one is known, so that a new address is no other device', () => {
  const log = new ChangeLog();
  const story = new Story().present(AT, '02:00:00:00:00:01').open(AT, 80).open('192.168.1.9', 80);
  for (const evidence of story.evidence) log.add(evidence);
  expect(log.changes.map(({ subject }) => subject)).toEqual(['02:00:00:00:00:01', '192.168.1.9']);
});

test('keeps the newest when there are too many', () => {
  const log = new ChangeLog();
  const story = new Story();
  for (let turn = 0; turn < 25_000; turn += 1) story.open(AT, 80).swept(AT, '80');
  for (const evidence of story.evidence) log.add(evidence);
  expect(log.changes.length).toBeLessThanOrEqual(40_000);
  expect(log.changes.at(-1)?.text).toBe('tcp/80 is closed');
});
