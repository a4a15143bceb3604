import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRequest } from '../../../src/io/apply/messages.ts';
import { INSTALL, refusal } from '../../../src/io/apply/permitted.ts';

const F = '/var/lib/portolan/enforce';
const ELEMENTS = 'add element inet portolan n_cloud_4 { 192.0.2.1 timeout 3900s }\n';

/** Of everything that is let through, one of a kind. */
const GOOD: readonly (readonly [command: readonly string[], input: string])[] = [
  [['nft', '-s', 'list', 'ruleset'], ''],
  [['nft', '-f', `${F}/changes/PTL-C-7F3K/load.nft`], ''],
  [['nft', '-f', '-'], ELEMENTS],
  [['sh', `${F}/guard.sh`, 'decide', F, 'PTL-C-7F3K', 'no'], ''],
  [['sh', `${F}/guard.sh`, 'get', F, 'changes/PTL-C-7F3K/rules.nft'], ''],
  [['sh', `${F}/guard.sh`, 'arm', F, 'PTL-C-7F3K', '60'], ''],
  [['conntrack', '-L', '-f', 'ipv4'], ''],
];

const bad = fc.constantFrom(
  ...['; reboot', '$(reboot)', '`reboot`', '\n', '\0', '../', ' ', '|', '&&', '-c', '--', '"', "'"],
  ...['flush ruleset', '/etc/shadow', 'table inet filter', '{}', '*', '~', '%s', '\u2028'],
);
const word = fc.oneof(bad, fc.string({ maxLength: 12 }), fc.constantFrom('nft', 'sh', '-f', F));

/** One of the good ones with some of its words changed, left out, doubled or added to. */
const changed = fc
  .tuple(
    fc.constantFrom(...GOOD),
    fc.array(
      fc.tuple(fc.nat(8), fc.nat(40), fc.constantFrom('in', 'for', 'before', 'without'), word),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    fc.oneof(fc.constant(''), fc.constant(ELEMENTS), word),
  )
  .map(([[command, input], edits, more]) => {
    const words = [...command];
    for (const [at, inside, how, text] of edits) {
      const old = words[at] ?? '';
      if (how === 'in') words[at % words.length] = old.slice(0, inside) + text + old.slice(inside);
      else words.splice(at, how === 'before' ? 0 : 1, ...(how === 'without' ? [] : [text]));
    }
    return { words: words.map((one) => one ?? ''), input: input + more };
  });

/** What may be let through, told in another way than the helper does. */
function isHarmless(words: readonly string[], input: string): boolean {
  const [program = '', ...rest] = words;
  const plain = rest.every((one) => one === INSTALL || /^[A-Za-z0-9_.:/-]*$/.test(one));
  const inside = rest.every((one) => !one.startsWith('/') || one === F || one.startsWith(`${F}/`));
  const lines = input === '' || /^(?:add|delete) element inet portolan [^;\n]*\n?/.test(input);
  const isOurs = ['nft', 'sh', 'conntrack'].includes(program);
  return isOurs && plain && inside && lines && !words.some((one) => one.includes('..'));
}

describe('requests to the helper that holds the right', () => {
  test.each(GOOD)('%j is one that it runs', (command, input) => {
    expect(refusal(command, input, F)).toBeUndefined();
  });

  test('however they are bent, it runs nothing but reads and changes of our own tables', () => {
    fc.assert(
      fc.property(changed, ({ words, input }) => {
        if (refusal(words, input, F) === undefined) expect(isHarmless(words, input)).toBe(true);
      }),
      { numRuns: 50_000 },
    );
  });

  test('what has not their form ends the conversation, and never anything else', () => {
    const value = fc.anything({ maxDepth: 3 });
    const line = fc.oneof(
      fc.string(),
      value.map((one) => JSON.stringify(one) ?? ''),
      fc.record({ id: value, command: value, input: value }).map((one) => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(line, (text) => {
        try {
          const { id, command, input } = parseRequest(text);
          expect([typeof id, typeof input]).toEqual(['number', 'string']);
          expect(command.every((one) => typeof one === 'string')).toBe(true);
        } catch (error) {
          expect(error instanceof TypeError || error instanceof SyntaxError).toBe(true);
        }
      }),
      { numRuns: 20_000 },
    );
  });
});
