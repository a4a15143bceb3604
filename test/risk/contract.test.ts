import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import { riskRules } from '../../src/risk/index.ts';
import type { RiskRule } from '../../src/risk/risk-rule.ts';
import { Story } from '../evidence.ts';
import { broker, CASES } from './cases.ts';
import { judged } from './judged.ts';

const FOLDER = new URL('../../src/risk/', import.meta.url);
/** The contract, the list, and what runs it. */
const NOT_MEMBERS = ['risk-rule.ts', 'index.ts', 'judge.ts'];
const A = '192.168.1.5';

test('every file of the folder is in the list, under its own name', () => {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => !NOT_MEMBERS.includes(file));
  expect(riskRules.all.map(({ id }) => `${id}.ts`).toSorted()).toEqual(files.toSorted());
});

test('there are enough of them, for each of the four threats', () => {
  expect(riskRules.all.length).toBeGreaterThanOrEqual(16);
  expect(new Set(riskRules.all.map(({ threat }) => threat))).toEqual(
    new Set(['unauthorised-access', 'interception', 'ddos', 'malware']),
  );
});

describe.each<RiskRule>([...riskRules.all])('$id', (rule) => {
  const cases = CASES.filter(([, id]) => id === rule.id);

  test('cites documents with their date, and clauses', () => {
    expect(rule.sources.length).toBeGreaterThan(0);
    expect(rule.sources.filter((source) => !/\b(19|20)\d\d\b/.test(source))).toEqual([]);
    expect(
      rule.clauses.filter((clause) => !/^(ETSI EN 303 645|CRA|NIST IR|IEC 62443)/.test(clause)),
    ).toEqual([]);
    expect(rule.clauses.length).toBeGreaterThan(0);
    expect(new Set(rule.clauses).size, 'no clause twice').toBe(rule.clauses.length);
  });

  test('has a case in which it speaks', () => {
    expect(cases.some(([, , , severity]) => severity !== undefined)).toBe(true);
  });

  test.each(cases)('%s', (_, id, story, severity) => {
    const own = judged(story).filter((finding) => finding.rule === id);
    expect(own[0]?.severity).toBe(severity);
  });

  test('rests on evidence of the device, and says what to do in whole sentences', () => {
    for (const [, , story] of cases) {
      const ids = story.evidence.map(({ id }) => id);
      for (const finding of judged(story)) {
        expect(finding.evidence.length, finding.summary).toBeGreaterThan(0);
        expect(ids).toEqual(expect.arrayContaining([...finding.evidence]));
        for (const text of [finding.summary, finding.impact, finding.remedy]) {
          expect(text).toMatch(/^["A-Za-z].{15,}[.]$/u);
        }
      }
    }
  });
});

test.each(portsOf())('the number %s/%i alone is no finding', (transport, port) => {
  expect(judged(new Story().open(A, port, transport))).toEqual([]);
});

test('a port that is closed now is no finding any more', () => {
  for (const [name, , story, severity] of CASES) {
    if (severity === undefined) continue;
    const services = judged(
      copy(story).wait(1000).swept(A, '1-65535').swept(A, '1-65535', '', 'udp'),
    )
      // What is said of a device, and not of a port, stays.
      .filter(({ port }) => port !== undefined)
      .filter(({ rule }) => rule !== 'port-mapping');
    expect(services, name).toEqual([]);
  }
});

test('a device without any password has "no authentication", never a "default password"', () => {
  const texts = CASES.flatMap(([, , story]) => judged(story)).map(textOf);
  expect(texts.filter((text) => /default (password|credential|login)/i.test(text))).toEqual([]);
  const broken = judged(broker('open')).find(({ rule }) => rule === 'open-access');
  expect(broken?.summary).toBe('MQTT on tcp/1883 answered with no authentication.');
});

test('a name that attacks is quoted, its controls visible', () => {
  const hostile = 'cam\u001b[2J\u202e"; rm -rf';
  const story = new Story()
    .attribute(A, 'name', hostile)
    .attribute(A, 'kind', 'camera')
    .speaks(A, 25, 'smtp');
  for (const finding of judged(story)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
    expect(textOf(finding)).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/);
  }
});

test('the worst comes first, ids differ and are the same in the next run', () => {
  const story = CASES.reduce((all, [, , one]) => append(all, one), new Story());
  const findings = judged(story);
  const ranks = findings.map(({ severity }) =>
    ['critical', 'high', 'medium', 'low', 'info'].indexOf(severity),
  );
  expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  const ids = findings.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(judged(story).map(({ id }) => id)).toEqual(ids);
});

function textOf({ summary, impact, remedy }: Finding): string {
  return `${summary} ${impact} ${remedy}`;
}

function copy(story: Story): Story {
  return append(new Story(), story);
}

function append(to: Story, from: Story): Story {
  for (const { subject, fact, ...rest } of from.evidence) {
    const { id: _, ...parts } = rest;
    to.tell(subject, fact, parts);
  }
  return to;
}

function portsOf(): readonly ['tcp' | 'udp', number][] {
  const tcp = [21, 22, 23, 25, 80, 102, 443, 502, 554, 1883, 5555, 5900, 8080, 9100];
  const udp = [53, 123, 161, 1900, 5683, 47_808];
  return [
    ...tcp.map((port): ['tcp', number] => ['tcp', port]),
    ...udp.map((port): ['udp', number] => ['udp', port]),
  ];
}
