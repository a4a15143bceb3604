import { describe, expect, test } from 'vitest';
import type { Dossier, DossierLine } from '../../src/knowledge/dossier.ts';
import type { LedgerTools } from '../../src/ledger/ledger.ts';
import { buildLedger } from '../../src/ledger/ledger.ts';
import type { LedgerRow } from '../../src/model/ledger.ts';
import { Story, signature } from '../evidence.ts';
import { believe } from '../inventory/build.ts';

const A = '192.168.1.5';

const LINE: DossierLine = {
  direction: 'to-device',
  transport: 'tcp',
  ports: '443',
  protocol: 'http',
  peer: 'lan',
  purpose: 'the app’s interface',
  need: 'required',
  certainty: 'proved',
  source: { document: 'Maker, API guide', date: '2025-01-02' },
};

const LAMP: Dossier = {
  id: 'lamp',
  title: 'Maker lamp',
  vendor: 'Maker',
  category: 'smart-home',
  kind: 'light',
  aliases: [],
  matches: [{ vendor: 'maker', model: 'lamp' }],
  lines: [
    LINE,
    { ...LINE, ports: '8080', purpose: 'the old interface', need: 'not-needed' },
    { ...LINE, ports: '2100', transport: 'udp', purpose: 'light shows', need: 'optional' },
    {
      ...LINE,
      direction: 'from-device',
      ports: '123',
      transport: 'udp',
      protocol: 'ntp',
      purpose: 'time',
    },
    {
      ...LINE,
      direction: 'from-device',
      ports: '49152-65535',
      transport: 'udp',
      protocol: 'srtp',
      purpose: 'calls',
    },
  ],
  notes: [],
};

const TOOLS: LedgerTools = {
  dossiers: [LAMP],
  encryptedForm: ({ protocol, over }) =>
    protocol === 'mqtt' && over === 'tcp' ? 'MQTT over TLS, port 8883' : undefined,
  isMisplaced: ({ protocol, port }) => protocol === 'mqtt' && port === 443,
};

function lamp(): Story {
  return new Story().attribute(A, 'vendor', 'Maker GmbH').attribute(A, 'model', 'Lamp 3');
}

function rows(story: Story, tools: LedgerTools = TOOLS): readonly LedgerRow[] {
  return buildLedger(believe(story).folded(), tools);
}

function row(story: Story, port: number, tools: LedgerTools = TOOLS): LedgerRow | undefined {
  return rows(story, tools).find((one) => one.port === port);
}

describe('needed', () => {
  test.each<[string, Story, number, Partial<LedgerRow['needed']>]>([
    [
      'a line that requires it',
      lamp().open(A, 443),
      443,
      { answer: 'yes', citation: 'Maker, API guide (2025-01-02)' },
    ],
    ['a line that says that it is not', lamp().open(A, 8080), 8080, { answer: 'no' }],
    ['an optional line, use unknown', lamp().open(A, 2100, 'udp'), 2100, { answer: 'unknown' }],
    [
      'no line',
      lamp().open(A, 9999),
      9999,
      { answer: 'unknown', because: 'Nobody said, and the dossier "Maker lamp" does not name it.' },
    ],
    [
      'no dossier',
      new Story().open(A, 443),
      443,
      { answer: 'unknown', because: 'Nobody said, and no dossier fits this device.' },
    ],
    [
      'the owner’s word against a line',
      lamp().open(A, 443).says(A, { kind: 'needed', transport: 'tcp', port: 443, needed: false }),
      443,
      { answer: 'no', because: 'You said that it is not needed.', evidence: [4] },
    ],
    [
      'the owner’s last word',
      lamp()
        .open(A, 8080)
        .says(A, { kind: 'needed', transport: 'tcp', port: 8080, needed: false })
        .says(A, { kind: 'needed', transport: 'tcp', port: 8080, needed: true }),
      8080,
      { answer: 'yes' },
    ],
  ])('%s', (_, story, port, cell) => {
    expect(row(story, port)?.needed).toMatchObject(cell);
  });

  test('what is optional is needed where it is in use', () => {
    const used = { answer: 'yes', because: 'Traffic was seen.' } as const;
    const found = row(lamp().open(A, 2100, 'udp'), 2100, { ...TOOLS, usage: () => used });
    expect([found?.needed.answer, found?.verdict]).toEqual(['yes', 'fine']);
  });
});

describe('rows', () => {
  test.each<[string, Story, number, string, string]>([
    [
      'documented for the family, and never offered by this one',
      lamp().swept(A, '443'),
      443,
      'fine',
      'Nothing to do for tcp/443 of "Maker GmbH Lamp 3".',
    ],
    [
      'needed, open before, and refused now',
      lamp().speaks(A, 443, 'http').swept(A, '443'),
      443,
      'broken',
      'Make tcp/443 of "Maker GmbH Lamp 3" reachable again: it is needed and does not work.',
    ],
    [
      'needed and not asked',
      lamp(),
      443,
      'unknown',
      'Say whether tcp/443 of "Maker GmbH Lamp 3" is needed, or let portolan see who uses it.',
    ],
    [
      'not needed',
      lamp().speaks(A, 8080, 'http'),
      8080,
      'close',
      'Switch http on tcp/8080 off on "Maker GmbH Lamp 3", or block it: nobody needs it.',
    ],
    [
      'in the clear',
      new Story().speaks(A, 1883, 'mqtt'),
      1883,
      'encrypt',
      `Change mqtt on tcp/1883 of "${A}" to MQTT over TLS, port 8883, then close tcp/1883.`,
    ],
    [
      'unrecognised',
      new Story().about(A, 8765, { kind: 'unrecognised', signature: signature() }),
      8765,
      'look',
      `Find out what answers on tcp/8765 of "${A}": it speaks no protocol that we know.`,
    ],
    [
      'on another’s port',
      new Story().speaks(A, 443, 'mqtt'),
      443,
      'look',
      `Look at tcp/443 of "${A}": mqtt does not belong on that port.`,
    ],
    [
      'the device’s own need',
      lamp(),
      123,
      'unknown',
      'Let portolan see traffic to learn whether "Maker GmbH Lamp 3" uses udp/123; it is documented to.',
    ],
  ])('%s', (_, story, port, verdict, advice) => {
    expect(row(story, port)).toMatchObject({ verdict, advice });
  });

  test('state what was asked and what was not', () => {
    expect(row(lamp(), 443)?.open).toEqual({
      answer: 'unknown',
      because: 'Nobody asked this port.',
    });
    expect(row(lamp().swept(A, '', '443'), 443)?.open).toMatchObject({
      answer: 'unknown',
      evidence: [3],
    });
    expect(row(lamp().open(A, 443).swept(A, '443'), 443)?.open.answer).toBe('no');
    expect(row(lamp().open(A, 443).swept(A, '', '443'), 443)?.open.answer).toBe('unknown');
  });

  test('a long range is one row that says so, and a port that is not needed and not open is none', () => {
    const found = rows(lamp()).map(
      ({ port, protocol, direction }) => `${direction} ${port} ${protocol}`,
    );
    expect(found).toEqual([
      'to-device 443 http',
      'from-device 123 ntp',
      'from-device 49152 srtp (49152-65535)',
    ]);
  });

  test('used and allowed are unknown, with what is missing, until somebody looks', () => {
    const found = row(lamp().open(A, 443), 443);
    expect([found?.used.answer, found?.allowed.answer]).toEqual(['unknown', 'unknown']);
    expect(found?.used.because).toContain('import a capture');
    expect(found?.allowed.because).toContain('No firewall was read');
  });

  test('the dossier of the model goes before that of the family', () => {
    const family: Dossier = {
      ...LAMP,
      id: 'family',
      matches: [{ vendor: 'maker' }],
      lines: [{ ...LINE, need: 'not-needed' }],
    };
    const found = row(lamp().open(A, 443), 443, { ...TOOLS, dossiers: [family, LAMP] });
    expect(found?.needed.answer).toBe('yes');
  });

  test('a protocol that is only guessed from the port fits no dossier', () => {
    const speaker: Dossier = { ...LAMP, matches: [{ speaks: 'mqtt' }] };
    const tools = { ...TOOLS, dossiers: [speaker] };
    expect(rows(new Story().open(A, 1883), tools)).toHaveLength(1);
    expect(rows(new Story().speaks(A, 1883, 'mqtt'), tools).length).toBeGreaterThan(1);
  });
});
