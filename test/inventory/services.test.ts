import { describe, expect, test } from 'vitest';
import { reveal } from '../../src/base/untrusted.ts';
import type { Service } from '../../src/model/service.ts';
import { DAY, HOUR, MINUTE, Story, signature, tlsFacts } from '../evidence.ts';
import { believe } from './build.ts';

const A = '192.168.1.5';
const CARD = '00:17:88:01:02:03';

function services(story: Story): readonly Service[] {
  return believe(story).services();
}

describe('state', () => {
  test.each<[string, Story, readonly string[]]>([
    ['a port that answered is open', new Story().open(A, 1883), ['1883 open']],
    ['a refusal later closes it', new Story().open(A, 1883).swept(A, '1-2000'), ['1883 closed']],
    [
      'silence later makes it silent',
      new Story().open(A, 1883).swept(A, '', '1883'),
      ['1883 silent'],
    ],
    [
      'a sweep of other ports changes nothing',
      new Story().open(A, 1883).swept(A, '80,443'),
      ['1883 open'],
    ],
    [
      'a sweep of the other transport changes nothing',
      new Story().open(A, 1883).swept(A, '1883', '', 'udp'),
      ['1883 open'],
    ],
    ['it opens again', new Story().open(A, 1883).swept(A, '1883').open(A, 1883), ['1883 open']],
    [
      'a refusal before it answered is history',
      new Story().swept(A, '1883').open(A, 1883),
      ['1883 open'],
    ],
    ['what was never open is no service', new Story().swept(A, '1-1000'), []],
    [
      'one lost datagram says nothing',
      new Story().open(A, 5683, 'udp').swept(A, '', '5683', 'udp'),
      ['5683 open'],
    ],
    [
      'two in a row say that it is silent',
      new Story().open(A, 5683, 'udp').swept(A, '', '5683', 'udp').swept(A, '', '5683', 'udp'),
      ['5683 silent'],
    ],
    [
      'what is only advertised is no service',
      new Story().about(A, 8009, {
        kind: 'detail',
        name: 'x',
        value: tlsFacts().certificate?.subject ?? raise(),
      }),
      [],
    ],
    [
      'open at one of two addresses in use is open',
      new Story()
        .present(A, CARD)
        .present('192.168.1.6', CARD)
        .open(A, 80)
        .swept('192.168.1.6', '80'),
      ['80 open'],
    ],
    [
      'what was open at an address that the device left, and is refused at the new one, is closed',
      new Story()
        .present(A, CARD)
        .open(A, 80)
        .wait(2 * HOUR)
        .present('192.168.1.6', CARD)
        .swept('192.168.1.6', '80'),
      ['80 closed'],
    ],
    [
      'an old document imported late changes nothing that was seen since',
      new Story().wait(DAY).open(A, 80).wait(-DAY).swept(A, '80'),
      ['80 open'],
    ],
  ])('%s', (_, story, expected) => {
    expect(services(story).map(({ port, state }) => `${port} ${state}`)).toEqual(expected);
  });
});

describe('protocol', () => {
  test.each<[string, Story, Partial<Service>]>([
    [
      'a number alone is a hint',
      new Story().open(A, 1883),
      { protocol: 'mqtt', certainty: 'hint', version: 'unknown' },
    ],
    [
      'a number that says nothing is unknown',
      new Story().open(A, 8765),
      { protocol: 'unknown', certainty: 'hint' },
    ],
    [
      'proved beats what comes later and is only likely',
      new Story().speaks(A, 443, 'mqtt').speaks(A, 443, 'http', { certainty: 'likely' }),
      { protocol: 'mqtt', certainty: 'proved' },
    ],
    [
      'of two that are proved the newer counts',
      new Story().speaks(A, 443, 'mqtt').speaks(A, 443, 'http', { over: 'tls' }),
      { protocol: 'http', over: 'tls' },
    ],
    [
      'what is carried says more than the carrier',
      new Story().speaks(A, 443, 'http', { over: 'tls' }).speaks(A, 443, 'tls'),
      { protocol: 'http', over: 'tls' },
    ],
    [
      'a version is not unlearned by a shorter look',
      new Story().speaks(A, 1883, 'mqtt', { version: '5.0' }).speaks(A, 1883, 'mqtt'),
      { version: '5.0' },
    ],
    [
      'an answer that nobody claims is unknown, and not guessed from the number',
      new Story().open(A, 1883).about(A, 1883, { kind: 'unrecognised', signature: signature() }),
      { protocol: 'unknown', certainty: 'likely', unrecognised: signature() },
    ],
    [
      'a passive hint is no proof that the port is open',
      new Story().open(A, 1883).swept(A, '1883').speaks(A, 1883, 'mqtt', { certainty: 'hint' }),
      { state: 'closed', certainty: 'hint' },
    ],
    [
      'access is the last that was seen',
      new Story()
        .about(A, 1883, { kind: 'access', level: 'open' })
        .about(A, 1883, { kind: 'access', level: 'credentials' }),
      { access: 'credentials' },
    ],
    [
      'the worst amplification is kept',
      new Story()
        .about(A, 5683, { kind: 'amplification', sent: 20, received: 400 }, 'udp')
        .about(A, 5683, { kind: 'amplification', sent: 20, received: 40 }, 'udp'),
      { amplification: { sent: 20, received: 400 } },
    ],
  ])('%s', (_, story, expected) => {
    expect(services(story)).toEqual([expect.objectContaining(expected)]);
  });

  test('a name given once is recognised at the next device, and goes when it is taken back', () => {
    const story = new Story()
      .about(A, 6668, { kind: 'unrecognised', signature: signature() })
      .says(A, { kind: 'named-protocol', protocol: 'tuya-like', signature: signature() });
    const word = story.last;
    story
      .about('192.168.1.77', 7000, { kind: 'unrecognised', signature: signature({ length: 64 }) })
      .about('192.168.1.78', 7000, { kind: 'unrecognised', signature: signature({ start: 'ff' }) });
    const names = (): string[] => services(story).map(({ protocol }) => protocol);
    expect(names()).toEqual(['tuya-like', 'tuya-like', 'unknown']);
    story.says(A, { kind: 'retract', evidence: word });
    expect(names()).toEqual(['unknown', 'unknown', 'unknown']);
  });

  test('particulars of the last scan replace those of the one before, several of one name stay', () => {
    const story = new Story()
      .speaks(A, 5683, 'coap', { over: 'udp' })
      .detail(A, 5683, 'resource', '/old', 'udp')
      .scan('PTL-S-NEXT')
      .detail(A, 5683, 'resource', '/light', 'udp')
      .detail(A, 5683, 'resource', '/temperature', 'udp')
      .detail(A, 5683, 'resource', '/light', 'udp');
    const [service] = services(story);
    expect(service?.details.map(({ value }) => reveal(value))).toEqual(['/light', '/temperature']);
  });

  test('a hundred rescans keep at most 32 ids, the newest among them', () => {
    const story = new Story();
    for (let scan = 0; scan < 100; scan += 1) {
      story.wait(MINUTE).open(A, 80).speaks(A, 80, 'http');
      for (let index = 0; index < 40; index += 1) story.detail(A, 80, `header ${index}`, 'x');
    }
    const [service] = services(story);
    expect(service?.evidence).toHaveLength(32);
    expect(service?.evidence.at(-1)).toBe(story.last);
    expect(service?.evidence).toEqual(service?.evidence.toSorted((a, b) => a - b));
  });
});

test('who saw it, and when', () => {
  const story = new Story();
  const first = story.now;
  story.open(A, 80).wait(DAY);
  const last = story.now;
  story.open(A, 80, 'tcp', { source: 'passive' }).swept(A, '80');
  expect(services(story)).toEqual([
    expect.objectContaining({ sources: ['active', 'passive'], firstSeen: first, lastSeen: last }),
  ]);
});

function raise(): never {
  throw new Error('no certificate');
}
