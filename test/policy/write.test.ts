import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicyRule } from '../../src/model/policy.ts';
import {
  addRule,
  removeRule,
  replaceRule,
  setEndpoint,
  setExpires,
  setState,
} from '../../src/policy/edit.ts';
import { readPolicy } from '../../src/policy/read.ts';
import { ruleText, writePolicy } from '../../src/policy/write.ts';
import { anyPolicy } from './arbitrary-policy.ts';

const SEED = 20_261_125;

test('what is written is read back to the same policy', () => {
  fc.assert(
    fc.property(anyPolicy, (policy) => {
      const text = writePolicy(policy);
      expect(readPolicy(text, 'p.yaml').policy).toEqual(policy);
      expect(writePolicy(readPolicy(text, 'p.yaml').policy)).toBe(text);
    }),
    { numRuns: 120, seed: SEED },
  );
});

test('JSON of the model is read as well', () => {
  fc.assert(
    fc.property(anyPolicy, (policy) => {
      expect(readPolicy(JSON.stringify(policy), 'p.json').policy).toEqual(policy);
    }),
    { numRuns: 60, seed: SEED },
  );
});

const NEW: PolicyRule = {
  id: 'new',
  from: 'any',
  to: 'net:192.0.2.7',
  service: 'tcp/8883',
  action: 'allow',
  side: 'both',
  log: false,
  expires: 1_796_119_200_000,
  origin: { kind: 'manual' },
  note: 'for: # an hour',
};

test('any rule can be put anywhere, taken out again, and nothing else has moved', () => {
  fc.assert(
    fc.property(anyPolicy, fc.nat(), (policy, pick) => {
      const text = writePolicy(policy);
      const before = policy.rules[pick % (policy.rules.length + 1)]?.id;
      const added = addRule(readPolicy(text, 'p').document, NEW, before);
      const read = readPolicy(added, 'p');
      const at = read.policy.rules.findIndex(({ id }) => id === 'new');
      expect(read.policy.rules.toSpliced(at, 1)).toEqual(policy.rules);
      expect(read.policy.rules[at + 1]?.id).toBe(before);
      const removed = removeRule(read.document, 'new');
      expect(readPolicy(removed, 'p').policy).toEqual(policy);
      if (policy.rules.length > 0) expect(removed).toBe(text);
    }),
    { numRuns: 60, seed: SEED },
  );
});

test('a rule is replaced by any other, in its place', () => {
  fc.assert(
    fc.property(anyPolicy, anyPolicy, fc.nat(), (policy, other, pick) => {
      const old = policy.rules[pick % Math.max(1, policy.rules.length)];
      const [donor] = other.rules.filter(({ from, to }) => !/e\d|z\d/.test(from + to));
      if (old === undefined || donor === undefined) return;
      const { toZone: _zone, ...rest } = donor;
      const wanted = { ...rest, id: old.id, service: 'any' };
      const text = replaceRule(readPolicy(writePolicy(policy), 'p').document, wanted);
      const rules = policy.rules.map((one) => (one === old ? wanted : one));
      expect(readPolicy(text, 'p').policy.rules).toEqual(rules);
    }),
    { numRuns: 60, seed: SEED },
  );
});

/** As a person has it. */
const OWN = `# Our house
version: 1

endpoints:
  bulb:   {device: 7f3k,  state: trial} # the lamp
  hub:
    device: A1B2
    addresses:
      - 192.0.2.5
  cloud: {names: [mq.example.com, ]}

# What may be done
rules:
  # the lamp speaks to its cloud
  - {id: lamp,   from: bulb, to: cloud, service: mqtts, action: allow}   # since May

  # the hub too
  - id: hub   # main
    from: hub
    to:   cloud
    service: mqtts
    action: allow
    note: |
      two
      lines
  -   from: any
      id: last
      to: self
      service: any
      action: deny
# the end
`;

function difference(before: string, after: string): { gone: string[]; come: string[] } {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return {
    gone: old.filter((line) => !now.includes(line)),
    come: now.filter((line) => !old.includes(line)),
  };
}

describe('an edit changes its own lines only', () => {
  const { document } = readPolicy(OWN, 'p.yaml');

  test.each([
    [
      'the state of a device on one line',
      setState(document, 'bulb', 'enforcing'),
      ['  bulb:   {device: 7f3k,  state: trial} # the lamp'],
      ['  bulb:   {device: 7f3k,  state: enforcing} # the lamp'],
    ],
    [
      'the state of a device that had none',
      setState(document, 'hub', 'trial'),
      [],
      ['    state: trial'],
    ],
    [
      'when a rule on one line ends',
      setExpires(document, 'lamp', 1_796_119_200_000),
      ['  - {id: lamp,   from: bulb, to: cloud, service: mqtts, action: allow}   # since May'],
      [
        '  - {id: lamp,   from: bulb, to: cloud, service: mqtts, action: allow, expires: 2026-12-01T10:00:00Z}   # since May',
      ],
    ],
    [
      'when a rule in a block ends',
      setExpires(document, 'hub', 1_796_119_200_000),
      [],
      ['    expires: 2026-12-01T10:00:00Z'],
    ],
    ['nothing where it did not end', setExpires(document, 'last', undefined), [], []],
    [
      'a rule is removed with the comment above it',
      removeRule(document, 'hub'),
      [
        '  # the hub too',
        '  - id: hub   # main',
        '    from: hub',
        '    to:   cloud',
        '    service: mqtts',
        '    action: allow',
        '    note: |',
        '      two',
        '      lines',
      ],
      [],
    ],
    [
      'a rule is added at the end, before the last comment',
      addRule(document, { ...NEW, note: 'n' }),
      [],
      ruleText({ ...NEW, note: 'n' })
        .trimEnd()
        .split('\n')
        .filter((line) => line !== '    action: allow'),
    ],
    [
      'an endpoint is added to the others',
      setEndpoint(document, 'tv: set', { kind: 'net', networks: ['192.0.2.0/24'] }),
      [],
      ['  "tv: set": { networks: [192.0.2.0/24] }'],
    ],
  ])('%s', (_, after, gone, come) => {
    expect(difference(OWN, after)).toEqual({ gone, come });
    readPolicy(after, 'p.yaml');
  });

  test('a replaced rule keeps its comments, its order and the lines that say the same', () => {
    const { policy } = readPolicy(OWN, 'p.yaml');
    const hub = policy.rules.find(({ id }) => id === 'hub');
    if (hub === undefined) throw new Error('no such rule');
    const after = replaceRule(document, { ...hub, action: 'deny', log: true, note: 'one line' });
    expect(difference(OWN, after)).toEqual({
      gone: ['    action: allow', '    note: |', '      two', '      lines'],
      come: ['    action: deny', '    note: "one line"', '    log: true'],
    });
    expect(after).toContain('    action: deny\n    note: "one line"\n    log: true\n  -   from');
  });

  test('JSON stays JSON', () => {
    const text =
      '{\n  "rules": [\n    {"id": "a", "from": "any", "to": "self", "service": "any", "action": "deny"}\n  ]\n}\n';
    const json = readPolicy(text, 'p.json').document;
    const added = addRule(json, NEW, 'a');
    expect(JSON.parse(added).rules.map(({ id }: { id: string }) => id)).toEqual(['new', 'a']);
    expect(JSON.parse(setExpires(json, 'a', 0)).rules[0].expires).toBe('1970-01-01T00:00:00Z');
    expect(JSON.parse(removeRule(json, 'a')).rules).toEqual([]);
    expect(JSON.parse(setEndpoint(json, 'x"y', { kind: 'net', networks: [] })).endpoints).toEqual({
      'x"y': { networks: [] },
    });
  });

  test.each([
    ['an empty file', ''],
    ['a file with a version only', 'version: 1'],
    ['an empty section', 'rules:\nrefuse: drop\n'],
    ['an empty list', 'rules: [] # none\nrefuse: drop\n'],
  ])('the first rule of %s', (_, text) => {
    const after = addRule(readPolicy(text, 'p.yaml').document, NEW);
    expect(readPolicy(after, 'p.yaml').policy.rules).toEqual([NEW]);
    expect(after).toContain(text.includes('none') ? '# none' : '');
  });

  test('a rule that is not there', () => {
    expect(() => removeRule(document, 'nope')).toThrow('p.yaml has no rule nope');
  });
});
