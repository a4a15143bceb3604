import type { Command } from './command.ts';
import { FILTER } from './filter-option.ts';

export const devices: Command = {
  name: 'devices',
  group: 'look',
  summary: 'List devices, show one with its proof, correct what is wrong',
  args: [
    {
      form: '[verb]',
      help: 'list, or with a device:',
      choices: ['list', 'show', 'name', 'set', 'treat-as', 'merge', 'split', 'add', 'undo'],
    },
    { form: '[device]', help: 'id, name, address or MAC; for undo the evidence number' },
    { form: '[value...]', help: 'the new name, attribute=value, or the other device' },
  ],
  options: [
    FILTER,
    { flags: '--evidence', help: 'with show: every attribute with the evidence it rests on' },
    {
      flags: '--behind <device>',
      help: 'with add: the hub that speaks for a device without an address',
    },
  ],
  examples: [
    ['portolan devices', 'all of them'],
    ['portolan devices show 192.168.1.31 --evidence', 'one, and why we think so'],
    ['portolan devices name PTL-D-7F3K "Front camera"', 'your word outranks every guess'],
    ['portolan devices set PTL-D-7F3K vendor=Reolink kind=camera', 'correct what is wrong'],
    ['portolan devices treat-as PTL-D-7F3K fragile', 'never more than its own protocol'],
    ['portolan devices merge PTL-D-7F3K PTL-D-81QA', 'two entries are one device'],
    ['portolan devices add "Kitchen lamp" --behind hue', 'a Zigbee lamp has no address'],
    ['portolan devices undo 412', 'take one of your words back'],
    ["portolan devices --filter 'risk >= high and zone = iot'", 'those that need a look first'],
  ],
  async run(shell, input) {
    const { runDevices } = await import('./devices-run.ts');
    return runDevices(shell, input);
  },
};
