import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'git daemon 2.39, an empty repository',
    protocol: 'git',
    client: hex('002bgit-upload-pack /r\0host=127.0.0.1:9401\0'),
    server: hex('0000'),
    facts: [speaks('git')],
  },
  {
    name: 'a repository with a branch (gitprotocol-pack)',
    protocol: 'git',
    client: hex('0033git-upload-pack /project.git\0host=myserver.com\0'),
    server: hex('00887217a7c7e582c46cec22a130adf4b9d7d950fba0 HEAD\0multi_ack thin-pack'),
    facts: [speaks('git')],
  },
];
