import { describe, expect, test } from 'vitest';
import { parsePorts } from '../../src/base/port-set.ts';
import { ARTICLE_PROTOCOLS } from '../../src/knowledge/article.ts';
import { ARTICLE_DEVICES } from '../../src/knowledge/article-devices.ts';
import type { Claim } from '../../src/knowledge/claims.ts';
import { findClaims } from '../../src/knowledge/claims.ts';
import { dossiers } from '../../src/knowledge/dossiers/index.ts';
import { faultsOfCitation } from './cited.ts';
import { iana } from './registry.ts';

const CLAIMS: readonly Claim[] = [...ARTICLE_DEVICES, ...ARTICLE_PROTOCOLS];

describe.each(CLAIMS.map((claim) => [`${claim.subject} ${claim.ports}`.trim(), claim] as const))(
  '%s',
  (_name, claim) => {
    test('has evidence, each with document and date', () => {
      expect(claim.evidence.length).toBeGreaterThan(0);
      expect(claim.evidence.flatMap(({ source }) => faultsOfCitation(source))).toEqual([]);
      expect(claim.evidence.filter(({ text }) => text.trim() === '')).toEqual([]);
    });

    test('says what to do instead, and of which ports it speaks', () => {
      expect(claim.answer.length).toBeGreaterThan(20);
      expect(parsePorts(claim.ports)).toBeDefined();
    });
  },
);

test('a subject or alias belongs to one claim only', () => {
  const words = CLAIMS.flatMap(({ subject, aliases }) => [subject, ...aliases]);
  expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
});

describe('the devices of the article', () => {
  test.each<readonly [string, string, string, Claim['verdict'], readonly string[]]>([
    ['Nest 8080: no source says so', 'nest', '8080', 'unsupported', ['9543', '11095']],
    ['Philips Hue 6850: somebody else’s', 'hue', '6850', 'refuted', ['443', '2100/udp']],
    ['Amazon Echo 443: not all', 'echo', '443', 'incomplete', ['123', '4070', '33434', '5353']],
    ['Fitbit Charge 5: the phone’s', 'fitbit-charge-5', '443', 'refuted', ['phone']],
    ['Apple Watch 443: not all', 'apple-watch', '443', 'incomplete', ['5223', '123', '5353']],
    ['S7-1500 102: right', 's7-1500', '102', 'supported', ['4840', '502', '161']],
  ])('%s', (_sentence, subject, port, verdict, words) => {
    const found = findClaims(CLAIMS, subject, port);
    expect(found.map((claim) => claim.verdict)).toEqual([verdict]);
    expect(words.filter((word) => !found[0]?.answer.includes(word))).toEqual([]);
  });

  test('each has a dossier under the same name', () => {
    const names = new Set(dossiers.all.flatMap(({ id, aliases }) => [id, ...aliases]));
    expect(ARTICLE_DEVICES.map(({ subject }) => subject).filter((one) => !names.has(one))).toEqual(
      [],
    );
  });
});

describe('finding a claim', () => {
  const subjects = (subject: string, port?: string) =>
    findClaims(CLAIMS, subject, port).map((claim) => claim.subject);

  test.each<readonly [string, string, string | undefined, readonly string[]]>([
    ['by another name', 'alexa', '443', ['echo']],
    ['in capitals', 'HUE', '6850', ['hue']],
    ['without a port', 'nest', undefined, ['nest']],
    ['by the number alone', '6850', undefined, ['hue']],
    ['by number and transport', '5683/udp', undefined, ['coap']],
    ['by a number inside a range', 'custom', '8500', ['custom']],
    ['not by a number outside the range', 'custom', '7999', []],
    ['not by another port', 'hue', '443', []],
    ['not by a word that nobody claimed', 'toaster', undefined, []],
  ])('%s', (_sentence, subject, port, expected) => {
    expect(subjects(subject, port)).toEqual(expected);
  });
});

describe('what the claims say of the registry is what the registry says', () => {
  test.each<readonly [string, number, string, string]>([
    ['Hue', 6850, 'tcp', 'iccrushmore'],
    ['Nest, on the local network', 11_095, 'tcp', 'weave'],
    ['Nest, as the article has it', 8080, 'tcp', 'http-alt'],
    ['Apple', 5223, 'tcp', 'hpvirtgrp'],
    ['Siemens', 102, 'tcp', 'iso-tsap'],
    ['mail submission', 587, 'tcp', 'submission'],
    ['mail submission over TLS', 465, 'tcp', 'submissions'],
    ['AMQP over TLS', 5671, 'tcp', 'amqps'],
    ['CoAP over DTLS', 5684, 'udp', 'coaps'],
    ['HTTP/3', 443, 'udp', 'https'],
  ])('%s', (_sentence, port, transport, service) => {
    expect(iana.lookup(port, transport).map((entry) => entry.service)).toContain(service);
  });
});
