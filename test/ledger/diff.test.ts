import { describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import type { SiteChange } from '../../src/ledger/diff.ts';
import { diffSites } from '../../src/ledger/diff.ts';
import type { Site } from '../../src/model/site.ts';
import { DAY, Story, tlsFacts } from '../evidence.ts';
import { believe } from '../inventory/build.ts';

const A = '192.168.1.5';
const CARD = '00:17:88:01:02:03';

function site(story: Story): Pick<Site, 'devices' | 'services'> {
  const inventory = believe(story);
  return { devices: inventory.devices(), services: inventory.services() };
}

/** What changed between the story so far and how it goes on. */
function after(story: Story, goOn: (story: Story) => Story): readonly SiteChange[] {
  const before = site(story);
  return diffSites(before, site(goOn(story.wait(DAY).scan('PTL-S-NEXT'))));
}

function texts(changes: readonly SiteChange[]): readonly string[] {
  return changes.map(({ kind, before, after: now }) => `${kind}: ${before ?? '-'} → ${now ?? '-'}`);
}

function hub(): Story {
  return new Story()
    .present(A, CARD)
    .speaks(A, 1883, 'mqtt', { version: '3.1.1' })
    .speaks(A, 80, 'http')
    .detail(A, 80, 'server', 'lighttpd');
}

test('a new port, a closed one and one that moved are exactly three events', () => {
  const changes = after(hub(), (story) =>
    story
      .swept(A, '80,1883')
      .speaks(A, 8080, 'http')
      .detail(A, 8080, 'server', 'lighttpd')
      .open(A, 8099),
  );
  expect(texts(changes)).toEqual([
    'moved: tcp/80 http → tcp/8080 http',
    'appeared: - → tcp/8099 unknown?',
    'vanished: tcp/1883 mqtt → closed',
  ]);
});

test('ten scans of the same are no event', () => {
  const story = hub();
  for (let scan = 0; scan < 10; scan += 1) {
    const changes = after(story, (next) =>
      next
        .present(A, CARD)
        .swept(A, '1-79,81-1882')
        .speaks(A, 80, 'http')
        .detail(A, 80, 'server', 'lighttpd')
        .speaks(A, 1883, 'mqtt'),
    );
    expect(changes).toEqual([]);
  }
});

describe('one event', () => {
  test.each<[string, Story, (story: Story) => Story, readonly string[]]>([
    [
      'a device that was not there',
      hub(),
      (story) => story.present('192.168.1.9', '00:17:88:0a:0b:0c').speaks('192.168.1.9', 22, 'ssh'),
      ['appeared: - → 192.168.1.9: tcp/22 ssh'],
    ],
    [
      'a device at another address',
      hub(),
      (story) => story.present('192.168.1.9', CARD).present(A, '00:17:88:0a:0b:0c'),
      [`moved: ${A} → 192.168.1.9`, `appeared: - → ${A}`],
    ],
    [
      'another protocol on the same port',
      hub(),
      (story) => story.speaks(A, 80, 'mqtt'),
      ['changed: tcp/80 http → tcp/80 mqtt'],
    ],
    [
      'a login where there was none',
      hub().about(A, 1883, { kind: 'access', level: 'open' }),
      (story) => story.about(A, 1883, { kind: 'access', level: 'credentials' }),
      ['changed: tcp/1883 mqtt 3.1.1, access open → tcp/1883 mqtt 3.1.1, access credentials'],
    ],
    [
      'new firmware',
      hub().attribute(A, 'firmware', '1.0'),
      (story) => story.attribute(A, 'firmware', '1.1'),
      ['changed: firmware "1.0" → firmware "1.1"'],
    ],
    [
      'another certificate',
      new Story()
        .speaks(A, 443, 'http', { over: 'tls' })
        .about(A, 443, { kind: 'tls', tls: tlsFacts() }),
      (story) =>
        story.about(A, 443, { kind: 'tls', tls: tlsFacts({}, { fingerprint: 'cd'.repeat(32) }) }),
      [
        'changed: tcp/443 http over tls, certificate abababababababab… → tcp/443 http over tls, certificate cdcdcdcdcdcdcdcd…',
      ],
    ],
    [
      'the same protocol with another face is no move',
      hub(),
      (story) => story.swept(A, '80').speaks(A, 8080, 'http').detail(A, 8080, 'server', 'nginx'),
      ['appeared: - → tcp/8080 http', 'vanished: tcp/80 http → closed'],
    ],
    [
      'that more is known is none',
      new Story().open(A, 80),
      (story) => story.speaks(A, 80, 'http'),
      [],
    ],
    [
      'a name given by a person is none',
      hub(),
      (story) => story.says(A, { kind: 'called', name: untrusted('Hub') }),
      [],
    ],
  ])('%s', (_, story, goOn, expected) => {
    expect(texts(after(story, goOn))).toEqual(expected);
  });
});

test('a card that becomes known for an address is no other device', () => {
  expect(after(new Story().present(A), (story) => story.present(A, CARD))).toEqual([]);
});

test('an address that another card has now is another device', () => {
  const changes = after(new Story().present(A, CARD), (story) =>
    story.present(A, '5c:aa:fd:01:02:03'),
  );
  expect(changes.map(({ kind }) => kind)).toContain('appeared');
});

test('a device that is gone from the beliefs has vanished', () => {
  const whole = site(hub());
  expect(texts(diffSites(whole, { devices: [], services: [] }))).toEqual([
    `vanished: ${A}: tcp/80 http, tcp/1883 mqtt → -`,
  ]);
});
