import { describe } from 'vitest';
import { git } from '../../src/protocols/git.ts';
import { hex } from './hex.ts';
import { recognises } from './tables.ts';

const REQUEST = hex('0033git-upload-pack /project.git\0host=myserver.com\0');

describe('git', () => {
  recognises(git, [
    [
      'a repository that is not there',
      REQUEST,
      hex('0033ERR access denied or repository not exported: /q'),
      'proved',
    ],
    ['version 2 of the protocol', REQUEST, hex('000eversion 2\n'), 'proved'],
    ['the client alone', REQUEST, '', 'likely'],
    ['half a request', hex('0033git-up'), '', 'more'],
    ['a command of another kind', hex('0033rm -rf /project.git\0host=myserver.com\0\0'), '', 'no'],
    ['digits that are none', hex('00zzgit-upload-pack /a\0'), '', 'no'],
    ['the server alone', '', hex('0000'), 'no'],
  ]);
});
