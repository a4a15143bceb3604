import { describe, expect, test } from 'vitest';
import { mysql } from '../../src/protocols/mysql.ts';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const MARIADB =
  '640000000a352e352e352d31302e31312e31392d4d6172696144422d302b646562313275310003000000375a3f69742e236300fef7080200ff81150000000000001d0000004e397359452e543c6e3a704a006d7973716c5f6e61746976655f70617373776f726400';
const MYSQL = `4a0000000a ${hex('8.0.36\0')} 0c000000 ${'41'.repeat(8)} 00 ffff ff 0200 ffdf 15 ${'00'.repeat(10)} ${'42'.repeat(12)} 00 ${hex('caching_sha2_password\0')}`;
const BARRED = `46000000 ff 6a04 ${hex("Host '192.0.2.1' is not allowed to connect to this MariaDB server 1")}`;

describe('mysql', () => {
  recognises(mysql, [
    ['a login', `54000001 8da6ff09 00000001 2d ${'00'.repeat(23)}`, MARIADB, 'proved'],
    ['the server alone', '', MARIADB, 'likely'],
    ['half a greeting', '', MARIADB.slice(0, 40), 'more'],
    ['a greeting without a version', '', '140000000a 6162630001000000', 'more'],
    ['a packet of another number', '', MARIADB.replace('64000000', '64000001'), 'no'],
    ['SSH', '', hex('SSH-2.0-x\r\n'), 'no'],
  ]);

  learns(mysql, [
    [
      'MariaDB',
      [MARIADB],
      [
        speaks('mysql', '10.11.19'),
        detail('software', '10.11.19-MariaDB-0+deb12u1'),
        detail('STARTTLS', 'not offered'),
      ],
    ],
    [
      'MySQL',
      [MYSQL],
      [
        speaks('mysql', '8.0.36'),
        detail('software', 'MySQL 8.0.36'),
        detail('STARTTLS', 'offered'),
      ],
    ],
    ['a server that bars us', [BARRED], [speaks('mysql')]],
    ['an error that anybody could send', [`0a000000 ff 6a04 ${hex('go away')}`], []],
    ['silence', [''], []],
  ]);

  test('only listens', () => {
    expect(says(mysql, [MARIADB])).toEqual(['']);
  });
});
