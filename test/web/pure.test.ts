import { describe, expect, test } from 'vitest';
import { frameRanges } from '../../web/src/pages/alerts/frames.ts';
import { incidentsOf } from '../../web/src/pages/alerts/incidents.ts';
import { stepsOf } from '../../web/src/pages/changes/steps.ts';
import { layoutOf, NODE } from '../../web/src/pages/flows/picture-layout.ts';
import { timeScale } from '../../web/src/pages/flows/time-scale.ts';
import { differenceLines } from '../../web/src/pages/policy/difference.ts';
import { ruleTokensOf, tokensOf } from '../../web/src/pages/policy/highlight.ts';
import { ALERTS } from './fixtures/alerts.ts';
import { PICTURE } from './fixtures/flows.ts';

describe('frames', () => {
  test.each([
    ['none', [], ''],
    ['one', [7], '7'],
    ['those that follow each other are a range', [3, 1, 2, 9], '1-3, 9'],
    ['one that is named twice', [5, 5, 6], '5-6'],
  ])('%s', (_what, frames, text) => {
    expect(frameRanges(frames)).toBe(text);
  });
});

describe('incidents', () => {
  test('the worst speaks for the others, in the order of the list', () => {
    const incidents = incidentsOf(ALERTS);
    expect(incidents.map(({ lead, alerts }) => [lead.id, alerts.length])).toEqual([
      ['PTL-A-7F3P', 3],
      ['PTL-A-8Q1T', 1],
      ['PTL-A-1XSS', 1],
    ]);
  });
});

describe('the way of a change', () => {
  const GOOD = [{ ok: true }];
  test.each([
    ['planned: next it is applied', 'planned', [], 'done done now next next'],
    ['loaded: next it is verified', 'loaded', [], 'done done done now next'],
    ['loaded and looked at: next it is confirmed', 'loaded', GOOD, 'done done done done now'],
    ['loaded, and a look found it bad', 'loaded', [{ ok: false }], 'done done done now next'],
    ['confirmed: nothing is left', 'confirmed', GOOD, 'done done done done done'],
    ['taken back: it failed to be applied', 'rolled-back', [], 'done done failed next next'],
    ['stuck: it failed after it was applied', 'stuck', [], 'done done done failed next'],
  ] as const)('%s', (_what, state, verified, steps) => {
    expect(
      stepsOf(state, verified)
        .map((step) => step.state)
        .join(' '),
    ).toBe(steps);
  });
});

describe('colours of a policy', () => {
  test.each([
    ['a key', 'rules:', ['key rules', 'plain :']],
    ['a colon within a word is none of a key', 'zone:iot', ['plain zone:iot']],
    ['a comment after a blank', 'a # b', ['plain a', 'plain  ', 'comment # b']],
    ['a hash within a word begins no comment', 'a#b', ['plain a#b']],
    ['quoted text with a colon', '"a: b"', ['text "a: b"']],
    ['quoted text without its end', '"a', ['text "a']],
    ['what is allowed', 'allow', ['allow allow']],
    ['a network', '10.0.0.0/8', ['number 10.0.0.0/8']],
  ])('%s', (_what, line, tokens) => {
    expect(tokensOf(line).map(({ kind, text }) => `${kind} ${text}`)).toEqual(tokens);
  });

  test('nothing of a line is lost or changed', () => {
    const lines = [
      '  - { id: x, to: "a, b", action: deny } # no',
      '\t"',
      "'",
      ':::',
      '{}[]',
      'ü: é',
    ];
    for (const line of lines) {
      for (const of of [tokensOf, ruleTokensOf]) {
        expect(
          of(line)
            .map(({ text }) => text)
            .join(''),
        ).toBe(line);
      }
    }
  });
});

describe('a difference', () => {
  test('tells lines of both sides apart', () => {
    expect(differenceLines('- - old\n+ new\n  same')).toEqual([
      { kind: 'removed', text: '- old' },
      { kind: 'added', text: 'new' },
      { kind: 'same', text: '  same' },
    ]);
  });
});

describe('the picture', () => {
  test('nobody lies on anybody else, and all are within it', () => {
    const { places, width, height } = layoutOf(PICTURE);
    for (const [index, one] of places.entries()) {
      expect(one.x + NODE.width).toBeLessThanOrEqual(width);
      expect(one.y + NODE.height).toBeLessThanOrEqual(height);
      for (const other of places.slice(index + 1)) {
        const apart =
          Math.abs(one.x - other.x) >= NODE.width || Math.abs(one.y - other.y) >= NODE.height;
        expect(apart).toBe(true);
      }
    }
  });

  test('a link to somebody who is folded away is left out', () => {
    const links = [...PICTURE.links, { from: 'a', to: 'zz', services: [], flows: 1, bytes: 1 }];
    expect(layoutOf({ ...PICTURE, links }).curves).toHaveLength(PICTURE.links.length);
  });
});

describe('the scale of time', () => {
  const DAY = 86_400_000;
  const FROM = Date.UTC(2026, 10, 11);
  test.each([
    ['a moment', 0, 8],
    ['an hour', DAY / 24, 8],
    ['a day', DAY, 8],
    ['two weeks', 14 * DAY, 8],
    ['ten years', 3650 * DAY, 3],
  ])('%s has no more ticks than there is room for', (_what, span, most) => {
    const scale = timeScale(FROM, FROM + span, most);
    expect(scale.ticks.length).toBeLessThanOrEqual(most + 1);
    for (const tick of scale.ticks) expect(scale.at(tick)).toBeGreaterThanOrEqual(0);
    expect(scale.at(FROM - DAY)).toBe(0);
    expect(scale.at(scale.to + DAY)).toBe(1);
  });
});
