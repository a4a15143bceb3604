import type { Command } from './command.ts';

export const notify: Command = {
  name: 'notify',
  group: 'operate',
  summary: 'Where alerts are sent: try a channel, see what could not be delivered, send it again',
  args: [
    {
      form: '[verb]',
      help: 'what to do; without one, list',
      choices: ['list', 'test', 'retry', 'drop'],
    },
    { form: '[name...]', help: 'test, list: channels; retry, drop: numbers of the list' },
  ],
  options: [
    { flags: '--limit <n>', help: 'list: so many of the newest', default: '50' },
    { flags: '--parked', help: 'list, drop: those that are not tried any more' },
  ],
  examples: [
    ['portolan notify', 'the channels, and what is waiting or could not be delivered'],
    ['portolan notify test', 'a test message to every channel, now'],
    ['portolan notify test phone', 'to one'],
    ['portolan notify retry', 'everything that was parked, after the cause is mended'],
    ['portolan notify retry 17', 'one'],
    ['portolan notify drop --parked', 'forget what was parked'],
  ],
  async run(shell, input) {
    const { runNotify } = await import('./notify-run.ts');
    return runNotify(shell, input);
  },
};
