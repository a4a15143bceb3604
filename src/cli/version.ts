import type { Command } from './command.ts';
import { jsonDocument } from './format.ts';
import { VERSION } from './product.ts';

export const version: Command = {
  name: 'version',
  group: 'operate',
  summary: 'Print the version, and what it runs on',
  examples: [['portolan version --json', 'for a bug report']],
  run(shell) {
    const facts = {
      portolan: VERSION,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
    };
    shell.out(
      shell.json
        ? jsonDocument('version', { ...facts })
        : `portolan ${facts.portolan} (Node ${facts.node}, ${facts.platform})\n`,
    );
    return Promise.resolve(0);
  },
};
