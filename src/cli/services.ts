import type { Command } from './command.ts';
import { FILTER } from './filter-option.ts';

export const services: Command = {
  name: 'services',
  group: 'look',
  summary: 'List open ports with the protocol really spoken there; name what is unknown',
  args: [
    { form: '[verb]', help: 'list, show or name', choices: ['list', 'show', 'name'] },
    { form: '[device]', help: 'id, name, address or MAC' },
    { form: '[port]', help: '8765/tcp' },
    { form: '[protocol]', help: 'with name: what to call what is spoken there' },
  ],
  options: [
    FILTER,
    { flags: '--closed', help: 'also what was open once and is not any more' },
    { flags: '--protocol <id>', help: 'only this protocol' },
  ],
  examples: [
    ['portolan services', 'every open port'],
    ['portolan services --protocol mqtt --json', 'for a script'],
    ['portolan services show camera 554/tcp', 'one, with the bytes that prove it'],
    [
      'portolan services name gateway 8765/tcp acme-bus',
      'the next device that answers alike gets the name too',
    ],
    ["portolan services --filter 'encrypted = no'", 'readable by who listens on the way'],
  ],
  async run(shell, input) {
    const { runServices } = await import('./services-run.ts');
    return runServices(shell, input);
  },
};
