import { describe, expect, test } from 'vitest';
import { reveal, untrusted } from '../../src/base/untrusted.ts';
import { DAY, MINUTE, Story } from '../evidence.ts';
import { believe, fold, inventory } from './build.ts';

const CARD = '00:17:88:01:02:03';
const OTHER_CARD = '00:17:88:0a:0b:0c';
const THIRD_CARD = '00:17:88:11:12:13';
const RANDOM = '9a:11:22:33:44:55';
const RANDOM_LATER = 'be:66:77:88:99:aa';
const UUID = '2f402f80-da50-11e1-9b23-001788010203';

/** The addresses of each device, as lists. */
function groups(story: Story): readonly (readonly string[])[] {
  return believe(story)
    .devices()
    .map(({ keys }) =>
      keys.flatMap((key) => (key.startsWith('address:') ? [key.slice(8)] : [])).toSorted(),
    );
}

describe('which evidence is about one device', () => {
  test.each<[string, Story, readonly (readonly string[])[]]>([
    [
      'IPv4 and IPv6 of one card are one device',
      new Story().present('192.168.1.5', CARD).present('fe80::1%eth0', CARD),
      [['192.168.1.5', 'fe80::1%eth0']],
    ],
    [
      'a camera that gets another address stays what it is',
      new Story().present('192.168.1.5', CARD).wait(DAY).present('192.168.1.9', CARD),
      [['192.168.1.5', '192.168.1.9']],
    ],
    [
      'another card on an address is another device',
      new Story().present('192.168.1.5', CARD).wait(DAY).present('192.168.1.5', OTHER_CARD),
      [['192.168.1.5'], ['192.168.1.5']],
    ],
    [
      'a card that becomes known later belongs to what the address was',
      new Story().open('192.168.1.5', 80).present('192.168.1.5', CARD),
      [['192.168.1.5']],
    ],
    [
      'a NAS with three cards and one uuid is one device',
      new Story()
        .identifier('192.168.1.5', 'uuid', UUID, { mac: CARD })
        .identifier('192.168.1.6', 'uuid', `uuid:${UUID.toUpperCase()}`, { mac: OTHER_CARD })
        .identifier('192.168.1.7', 'uuid', UUID, { mac: THIRD_CARD }),
      [['192.168.1.5', '192.168.1.6', '192.168.1.7']],
    ],
    [
      'a phone that changes its private MAC every day is known by its name',
      new Story()
        .identifier('192.168.1.50', 'mdns', 'Annas-iPhone.local', { mac: RANDOM })
        .wait(DAY)
        .identifier('192.168.1.51', 'mdns', 'annas-iphone.local.', { mac: RANDOM_LATER }),
      [['192.168.1.50', '192.168.1.51']],
    ],
    [
      'two private MACs without anything in common stay two',
      new Story().present('192.168.1.50', RANDOM).wait(DAY).present('192.168.1.51', RANDOM_LATER),
      [['192.168.1.50'], ['192.168.1.51']],
    ],
    [
      'a factory key that two cards have joins nobody',
      new Story()
        .hostKey('192.168.1.5', 'a1'.repeat(32), { mac: CARD })
        .hostKey('192.168.1.6', 'a1'.repeat(32), { mac: OTHER_CARD }),
      [['192.168.1.5'], ['192.168.1.6']],
    ],
    [
      'a factory key on two routed addresses at once joins nobody',
      new Story().hostKey('10.1.0.5', 'a1'.repeat(32)).hostKey('10.1.0.6', 'a1'.repeat(32)),
      [['10.1.0.5'], ['10.1.0.6']],
    ],
    [
      'a host key that moves to another address takes its device along',
      new Story()
        .hostKey('10.1.0.5', 'a1'.repeat(32))
        .wait(DAY)
        .hostKey('10.1.0.6', 'a1'.repeat(32)),
      [['10.1.0.5', '10.1.0.6']],
    ],
    [
      'serial numbers that were never set join nobody',
      new Story()
        .identifier('192.168.1.5', 'serial', '00000000', { mac: CARD })
        .identifier('192.168.1.6', 'serial', '00000000', { mac: OTHER_CARD })
        .identifier('192.168.1.7', 'serial', 'To be filled by O.E.M.', { mac: CARD })
        .identifier('192.168.1.6', 'serial', 'To be filled by O.E.M.', { mac: OTHER_CARD }),
      [['192.168.1.5', '192.168.1.7'], ['192.168.1.6']],
    ],
    [
      'evidence without a MAC belongs to whoever had the address then',
      new Story()
        .present('192.168.1.5', CARD)
        .wait(DAY)
        .present('192.168.1.5', OTHER_CARD)
        .identifier('192.168.1.5', 'uuid', UUID)
        .identifier('192.168.1.8', 'uuid', UUID, { mac: THIRD_CARD }),
      [['192.168.1.5'], ['192.168.1.5', '192.168.1.8']],
    ],
  ])('%s', (_, story, expected) => {
    expect(groups(story)).toEqual(expected);
  });
});

describe('a MAC that two machines show at once', () => {
  const cloned = new Story()
    .present('192.168.1.5', CARD)
    .present('192.168.1.6', CARD)
    .identifier('192.168.1.5', 'uuid', 'aaaaaaaa-0000-4000-8000-000000000001')
    .identifier('192.168.1.6', 'uuid', 'bbbbbbbb-0000-4000-8000-000000000002');

  test('is a conflict, shown at both, and not merged', () => {
    expect(groups(cloned)).toEqual([['192.168.1.5'], ['192.168.1.6']]);
    expect(
      believe(cloned)
        .devices()
        .map(({ conflicts }) => conflicts),
    ).toEqual([
      [`MAC ${CARD} is claimed by 192.168.1.6 too`],
      [`MAC ${CARD} is claimed by 192.168.1.5 too`],
    ]);
  });

  test('gives both an id of their own', () => {
    const ids = believe(cloned)
      .devices()
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  test('is found by two host keys on one port as well', () => {
    const story = new Story()
      .hostKey('192.168.1.5', 'a1'.repeat(32), { mac: CARD })
      .hostKey('192.168.1.6', 'b2'.repeat(32), { mac: CARD });
    expect(groups(story)).toEqual([['192.168.1.5'], ['192.168.1.6']]);
  });

  test('is none where the machine was set up anew between', () => {
    const story = new Story()
      .hostKey('192.168.1.5', 'a1'.repeat(32), { mac: CARD })
      .wait(DAY)
      .hostKey('192.168.1.6', 'b2'.repeat(32), { mac: CARD });
    expect(groups(story)).toEqual([['192.168.1.5', '192.168.1.6']]);
  });

  test('two cards that answer for one address by turns are a conflict', () => {
    const story = new Story()
      .present('192.168.1.1', CARD)
      .present('192.168.1.1', OTHER_CARD)
      .present('192.168.1.1', CARD)
      .present('192.168.1.1', OTHER_CARD);
    const conflicts = believe(story)
      .devices()
      .flatMap((device) => device.conflicts);
    expect(conflicts).toEqual([
      `address 192.168.1.1 is answered by ${OTHER_CARD} too`,
      `address 192.168.1.1 is answered by ${CARD} too`,
    ]);
  });
});

describe("a person's word", () => {
  const two = (): Story =>
    new Story().present('192.168.1.5', CARD).present('192.168.1.6', OTHER_CARD);

  test('joins two devices, and taking it back parts them', () => {
    const story = two().says('192.168.1.5', { kind: 'same', key: `mac:${OTHER_CARD}` });
    expect(groups(story)).toEqual([['192.168.1.5', '192.168.1.6']]);
    story.says('192.168.1.5', { kind: 'retract', evidence: story.last });
    expect(groups(story)).toEqual([['192.168.1.5'], ['192.168.1.6']]);
  });

  test('joins by an address too, and before the other was seen', () => {
    expect(groups(two().says('192.168.1.5', { kind: 'same', key: 'address:192.168.1.6' }))).toEqual(
      [['192.168.1.5', '192.168.1.6']],
    );
    const early = new Story()
      .present('192.168.1.5', CARD)
      .says('192.168.1.5', { kind: 'same', key: `uuid:${UUID}` })
      .identifier('192.168.1.6', 'uuid', UUID, { mac: OTHER_CARD });
    expect(groups(early)).toEqual([['192.168.1.5', '192.168.1.6']]);
  });

  test('parts what a shared identifier had joined, also for later evidence, and can be taken back', () => {
    const story = new Story()
      .identifier('192.168.1.5', 'uuid', UUID, { mac: CARD })
      .identifier('192.168.1.6', 'uuid', UUID, { mac: OTHER_CARD })
      .says('192.168.1.6', { kind: 'not-same', key: `mac:${CARD}` });
    const word = story.last;
    story.wait(DAY).identifier('192.168.1.6', 'uuid', UUID, { mac: OTHER_CARD });
    expect(groups(story)).toEqual([['192.168.1.5'], ['192.168.1.6']]);
    story.says('192.168.1.6', { kind: 'retract', evidence: word });
    expect(groups(story)).toEqual([['192.168.1.5', '192.168.1.6']]);
    const retraction = story.last;
    story.says('192.168.1.6', { kind: 'retract', evidence: retraction });
    expect(groups(story)).toEqual([['192.168.1.5'], ['192.168.1.6']]);
  });

  test('"same" after "not the same" counts, and the other way round', () => {
    const story = two()
      .says('192.168.1.5', { kind: 'not-same', key: `mac:${OTHER_CARD}` })
      .says('192.168.1.5', { kind: 'same', key: `mac:${OTHER_CARD}` });
    expect(groups(story)).toHaveLength(1);
    story.says('192.168.1.6', { kind: 'not-same', key: `mac:${CARD}` });
    expect(groups(story)).toHaveLength(2);
  });

  test('a name outlives rescans and new addresses', () => {
    const story = new Story()
      .attribute('192.168.1.5', 'name', 'ESP_010203', { mac: CARD })
      .says('192.168.1.5', { kind: 'called', name: untrusted('Hall lamp') }, { mac: CARD })
      .wait(DAY)
      .attribute('192.168.1.9', 'name', 'ESP_010203', { mac: CARD });
    const [device] = believe(story).devices();
    expect(device && reveal(device.name)).toBe('Hall lamp');
    expect(device?.addresses).toEqual(['192.168.1.9', '192.168.1.5']);
  });

  test('a child without an address is a device behind the one that speaks for it', () => {
    const story = new Story()
      .present('192.168.1.2', CARD)
      .says('192.168.1.2', { kind: 'child', id: 'zigbee-0017', name: untrusted('Bulb') });
    const [bridge, bulb] = believe(story).devices();
    expect(bulb).toMatchObject({ behind: bridge?.id, keys: ['child:zigbee-0017'], addresses: [] });
    expect(bulb && reveal(bulb.name)).toBe('Bulb');
  });
});

describe('ids', () => {
  test('stay when more becomes known, when addresses change and when devices join', () => {
    const story = new Story().present('192.168.1.5', CARD);
    const [before] = believe(story).devices();
    story
      .wait(DAY)
      .identifier('192.168.1.5', 'uuid', UUID, { mac: CARD })
      .identifier('192.168.1.6', 'uuid', UUID, { mac: OTHER_CARD })
      .wait(DAY)
      .present('192.168.1.99', CARD);
    const after = believe(story).devices();
    expect(after.map(({ id }) => id)).toEqual([before?.id]);
  });

  test('come from the MAC, whichever packet of the first minute came first', () => {
    const macFirst = new Story().present('192.168.1.5', CARD).open('192.168.1.5', 80);
    const macLast = new Story().open('192.168.1.5', 80).wait(10_000).present('192.168.1.5', CARD);
    expect(believe(macFirst).devices()[0]?.id).toBe(believe(macLast).devices()[0]?.id);
  });

  test('differ for 3,000 devices, and do not depend on when somebody asked', () => {
    const story = new Story();
    for (let index = 0; index < 3000; index += 1) {
      const octets = index.toString(16).padStart(4, '0');
      story.present(
        `10.0.${index >> 8}.${index & 255}`,
        `00:17:88:00:${octets.slice(0, 2)}:${octets.slice(2)}`,
      );
    }
    const live = inventory();
    for (const [index, one] of story.evidence.entries()) {
      live.add(one);
      if (index % 700 === 0) live.devices();
    }
    const ids = live.devices().map(({ id }) => id);
    expect(new Set(ids).size).toBe(3000);
    expect(
      fold(story.evidence)
        .devices()
        .map(({ id }) => id),
    ).toEqual(ids);
  });
});

test('an old document imported late does not take an address from its holder', () => {
  const story = new Story().wait(30 * DAY).present('192.168.1.5', OTHER_CARD);
  story
    .wait(-20 * DAY)
    .present('192.168.1.5', CARD)
    .wait(30 * DAY);
  const known = believe(story).known('192.168.1.5');
  expect(known.mac).toBe(OTHER_CARD);
});

test('an address that another device has now is no longer listed', () => {
  const story = new Story()
    .present('192.168.1.5', CARD)
    .wait(30 * MINUTE)
    .present('192.168.1.5', OTHER_CARD);
  const [first, second] = believe(story).devices();
  expect([first?.addresses, second?.addresses]).toEqual([[], ['192.168.1.5']]);
});
