import { describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import type { MappingFact } from '../../src/model/evidence.ts';
import { mappingsOf, stands } from '../../src/risk/shared/mappings.ts';
import { removalOf } from '../../src/risk/shared/remove-mapping.ts';
import { HOUR, START, Story } from '../evidence.ts';
import { judged } from './judged.ts';

const ROUTER = '192.168.1.1';
const CAMERA = '192.168.1.20';

function hole(parts: Partial<MappingFact> = {}): MappingFact {
  return {
    kind: 'mapping',
    transport: 'tcp',
    outsidePort: 8443,
    insideAddress: CAMERA,
    insidePort: 554,
    by: untrusted('IPCam'),
    via: 'upnp-igd',
    ...parts,
  };
}

const asked = hole({ told: 'asked', leaseSeconds: 7200 });
const ended = hole({ told: 'ended', insideAddress: '', insidePort: 0 });
const LISTED = 'port mappings';

function list(story: Story, size: number, word = 'all'): Story {
  const value = untrusted(`${word} ${size}`);
  return story.tell({ address: ROUTER }, { kind: 'detail', name: LISTED, value });
}

const heard = { source: 'passive', certainty: 'likely' } as const;

describe('what is told of one hole by several', () => {
  test.each([
    [
      'is one where a scan sees again what it saw',
      new Story().tell({ address: ROUTER }, hole()).tell({ address: ROUTER }, hole()),
      1,
      1,
    ],
    [
      'is one where traffic had it first',
      new Story().tell({ address: CAMERA }, asked, heard).tell({ address: ROUTER }, hole()),
      1,
      1,
    ],
    [
      'is one where NAT-PMP names no address',
      new Story()
        .tell(
          { address: CAMERA },
          hole({ insideAddress: '', told: 'asked', via: 'nat-pmp' }),
          heard,
        )
        .tell({ address: ROUTER }, hole()),
      1,
      1,
    ],
    [
      'is two where it leads to two ports',
      new Story()
        .tell({ address: ROUTER }, hole())
        .tell({ address: ROUTER }, hole({ insidePort: 80 })),
      2,
      2,
    ],
    [
      'is gone when it is missing from a whole list',
      list(list(new Story().tell({ address: ROUTER }, hole()), 1).wait(HOUR), 0),
      1,
      0,
    ],
    [
      'stays when the list is not whole',
      list(new Story().tell({ address: ROUTER }, hole()).wait(HOUR), 0, 'not all'),
      1,
      1,
    ],
    [
      "stays when another router's list lacks it",
      list(new Story().tell({ address: '192.168.1.9' }, hole()).wait(HOUR), 0),
      1,
      1,
    ],
    [
      'is gone when it was seen to be taken away',
      new Story().tell({ address: ROUTER }, hole()).tell({ address: CAMERA }, ended, heard),
      1,
      0,
    ],
    [
      'is there again when it is made again',
      new Story()
        .tell({ address: ROUTER }, hole())
        .tell({ address: CAMERA }, ended, heard)
        .tell({ address: CAMERA }, asked, heard),
      1,
      1,
    ],
    [
      'is gone when its lease has run out',
      new Story().tell({ address: CAMERA }, asked, heard).wait(3 * HOUR),
      1,
      0,
    ],
    [
      'is nothing as a hint',
      new Story().tell({ address: ROUTER }, hole(), { certainty: 'hint' }),
      0,
      0,
    ],
    [
      'is gone when the next document of the same importer lacks it',
      new Story()
        .tell({ address: CAMERA }, hole({ via: 'kernel' }), {
          source: 'import',
          observer: 'nftables:r.json',
          at: START,
        })
        .tell({ address: CAMERA }, hole({ via: 'kernel', outsidePort: 1 }), {
          source: 'import',
          observer: 'nftables:r.json',
          at: START + HOUR,
        }),
      2,
      1,
    ],
  ])('%s', (_, story, all, standing) => {
    const found = mappingsOf(story.evidence);
    expect([found.length, found.filter((one) => stands(one, story.now)).length]).toEqual([
      all,
      standing,
    ]);
  });

  test('keeps who asked and since when from traffic, and the words of the list', () => {
    const story = new Story()
      .tell({ address: CAMERA }, { ...asked, by: untrusted('NAT-PMP'), via: 'nat-pmp' }, heard)
      .wait(HOUR)
      .tell({ address: ROUTER }, hole({ leaseSeconds: 0 }));
    expect(mappingsOf(story.evidence)).toMatchObject([
      {
        requester: CAMERA,
        router: ROUTER,
        by: 'IPCam',
        vias: ['nat-pmp', 'upnp-igd'],
        firstSeen: START,
        until: 'never',
        evidence: [1, 2],
        certainty: 'proved',
      },
    ]);
  });
});

describe('the finding', () => {
  const seen = new Story()
    .present(CAMERA)
    .speaks(CAMERA, 554, 'rtsp')
    .tell({ address: '192.168.1.30' }, { ...asked, leaseSeconds: 86_400 }, heard)
    .tell({ address: ROUTER }, hole({ leaseSeconds: 3600 }));
  const findings = (story: Story) => judged(story).filter(({ rule }) => rule === 'port-mapping');

  test('is one, and names who asked, since when, until when, what is behind, and the command', () => {
    const [finding, ...more] = findings(seen);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ severity: 'high', port: 8443, transport: 'tcp' });
    expect(finding?.summary).toBe(
      'The router leads tcp/8443 from the internet to 192.168.1.20, port 554, which is open (rtsp); asked for by 192.168.1.30 ("IPCam") by UPnP IGD, on 2026-11-02 08:00 UTC, until 2026-11-02 09:00 UTC.',
    );
    expect(finding?.remedy).toContain('`upnpc -d 8443 TCP` on any computer inside');
  });

  test.each([
    [
      'what lets everybody in is critical',
      new Story().speaks(CAMERA, 554, 'rtsp').about(CAMERA, 554, { kind: 'access', level: 'open' }),
      hole(),
      'critical',
    ],
    [
      'a controller is critical',
      new Story().speaks(CAMERA, 502, 'modbus'),
      hole({ insidePort: 502 }),
      'critical',
    ],
    ['a port that nothing is known of is high', new Story(), hole(), 'high'],
    [
      'a closed port is medium',
      new Story().open(CAMERA, 554).swept(CAMERA, '554'),
      hole(),
      'medium',
    ],
    ['one sender alone is medium', new Story(), hole({ remoteHost: '198.51.100.7' }), 'medium'],
  ])('%s', (_, story, fact, severity) => {
    expect(findings(story.tell({ address: ROUTER }, fact)).map((one) => one.severity)).toEqual([
      severity,
    ]);
  });
});

describe('the command that takes it away', () => {
  const of = (fact: MappingFact) =>
    removalOf(mappingsOf(new Story().tell({ address: CAMERA }, fact).evidence)[0] ?? never());
  test.each([
    ['UPnP', hole({ remoteHost: '198.51.100.7' }), 'upnpc -d 8443 TCP 198.51.100.7'],
    ['NAT-PMP', hole({ via: 'nat-pmp', told: 'asked' }), 'natpmpc -a 8443 554 tcp 0'],
    [
      'a pinhole with a number',
      hole({ via: 'pinhole', pinhole: 7, insideAddress: '2001:db8::20' }),
      'upnpc -6 -D 7',
    ],
    ['PCP, for which there is no tool', hole({ via: 'pcp', told: 'asked' }), undefined],
    [
      'a rule',
      hole({
        via: 'kernel',
        undo: words('nft', 'delete', 'rule', 'ip', 'nat', 'pre', 'handle', '7'),
      }),
      'nft delete rule ip nat pre handle 7',
    ],
    [
      'a rule with a comment that attacks',
      hole({ via: 'kernel', undo: words('iptables', '--comment', "a'; rm -rf $HOME #") }),
      String.raw`iptables --comment 'a'\''; rm -rf $HOME #'`,
    ],
    [
      'a rule with a control character',
      hole({ via: 'kernel', undo: words('iptables', 'a\u001b[2J') }),
      undefined,
    ],
  ])('%s', (_, fact, command) => {
    expect(of(fact).command).toBe(command);
  });
});

function words(...texts: readonly string[]) {
  return texts.map((text) => untrusted(text));
}

function never(): never {
  throw new Error('no mapping');
}
