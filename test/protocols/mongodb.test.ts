import { describe, expect, test } from 'vitest';
import { mongodb, readDocument } from '../../src/protocols/mongodb.ts';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { bytes } from './fixtures.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const QUESTION = '34000000 05000000 00000000 dd070000 00000000 00';
const DOCUMENT = `41000000 08 ${hex('isWritablePrimary\0')} 01 10 ${hex('maxWireVersion\0')} 15000000 01 ${hex('ok\0')} 000000000000f03f 02 ${hex('setName\0')} 04000000 ${hex('rs0\0')} 00`;
/** The test's nonce begins 00 01. */
const ANSWER = `56000000 11000000 01000000 dd070000 00000000 00 ${DOCUMENT}`;

describe('mongodb', () => {
  recognises(mongodb, [
    [
      'a question and its answer',
      QUESTION,
      '4a000000 11000000 05000000 dd070000 00000000 00',
      'proved',
    ],
    [
      'an answer to another question',
      QUESTION,
      '4a000000 11000000 06000000 dd070000 00000000 00',
      'no',
    ],
    ['the client alone', QUESTION, '', 'likely'],
    ['half a header', '34000000 05000000', '', 'more'],
    ['a question that answers', '34000000 05000000 01000000 dd070000 00000000 00', '', 'no'],
    ['an opcode that does not exist', '34000000 05000000 00000000 ff070000 00000000 00', '', 'no'],
    ['a section that does not exist', '34000000 05000000 00000000 dd070000 00000000 07', '', 'no'],
  ]);

  learns(mongodb, [
    [
      'a server of a set',
      [ANSWER],
      [speaks('mongodb'), detail('wire version', '21'), detail('replica set', 'rs0')],
    ],
    [
      'an answer to another question',
      [ANSWER.replace('11000000 01000000', '11000000 02000000')],
      [],
    ],
    ['a document of nothing', ['2a000000 11000000 01000000 dd070000 00000000 00 0500000000'], []],
    ['silence', [''], []],
  ]);

  test('says hello to the admin database, in a message as long as it says', () => {
    const [question = ''] = says(mongodb, [ANSWER]);
    expect(Buffer.from(question, 'latin1').readUInt32LE(0)).toBe(question.length);
    expect(question).toContain('hello\0');
    expect(question).toContain('$db\0');
  });

  test.each([
    ['a string longer than the document', `20000000 02 ${hex('a\0')} ffffff7f ${hex('x\0')}`],
    ['a document in it of negative size', `20000000 03 ${hex('a\0')} 00000000`],
    ['a type whose size is not known', `20000000 7f ${hex('a\0')} 00`],
    ['a name that does not end', `20000000 10 ${hex('a'.repeat(400))}`],
  ])('readDocument ends on %s', (_, digits) => {
    expect(readDocument(bytes(digits)).get('ok')).toBeUndefined();
  });
});
