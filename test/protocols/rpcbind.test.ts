import { describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import type { Fact } from '../../src/model/evidence.ts';
import { rpcbind } from '../../src/protocols/rpcbind.ts';
import { speaks } from '../../src/protocols/shared/facts.ts';
import { learns, recognises, says } from './tables.ts';

const CALL = 'ca39b395 00000000 00000002 000186a0 00000002 00000004';
const REPLY = `ca39b395 00000001 ${'00'.repeat(16)}`;
/** The test's nonce begins 00 01 02 03. */
const LIST =
  '000186a3 00000003 00000006 00000801' + ' 00000001 00061234 00000001 00000011 00000063';
const DUMP = `00010203 00000001 ${'00'.repeat(16)} 00000001 ${LIST} 00000000`;
const RECORD = `80000044 ${DUMP}`;

function offered(service: string, transport: 'tcp' | 'udp', port: number): Fact {
  return { kind: 'advertises', service: untrusted(service), transport, port };
}

const OFFERS = [offered('nfs', 'tcp', 2049), offered('rpc program 397876', 'udp', 99)];

describe('rpcbind', () => {
  recognises(rpcbind, [
    ['a call and its answer', CALL, REPLY, 'proved'],
    ['the client alone', CALL, '', 'likely'],
    ['half a call', 'ca39b395 00000000', '', 'more'],
    ["an answer alone, which could be any program's", '', REPLY, 'no'],
    ['an answer to another call', CALL, REPLY.replace('ca39', 'ca38'), 'no'],
    ['NFS', CALL.replace('000186a0', '000186a3'), '', 'no'],
  ]);

  learns(rpcbind, [
    ['the list over TCP', [RECORD], [speaks('rpcbind', '2'), ...OFFERS]],
    ['a list that breaks off', [`80000028 ${DUMP.slice(0, 86)}`], [speaks('rpcbind', '2')]],
    ['an answer to another call', [RECORD.replace('00010203', '00010204')], []],
    ['silence', [''], []],
  ]);
  learns(
    rpcbind,
    [
      [
        'the list over UDP',
        [DUMP],
        [speaks('rpcbind', '2'), ...OFFERS, { kind: 'amplification', sent: 40, received: 68 }],
      ],
      ['an echo', ['00010203 00000000 00000002 000186a0 00000002 00000004'], []],
    ],
    'udp',
  );

  test('asks once, with a mark on a stream and without one in a datagram', () => {
    expect(says(rpcbind, ['']).map((text) => text.length)).toEqual([44]);
    expect(says(rpcbind, [''], 'udp').map((text) => text.length)).toEqual([40]);
  });
});
