import type { Command } from './command.ts';

export const mud: Command = {
  name: 'mud',
  group: 'act',
  summary:
    'MUD files (RFC 8520): check, fetch and import what a maker says; export a device’s rules',
  args: [
    {
      form: '[verb]',
      help: 'what to do; without one, list',
      choices: ['list', 'check', 'fetch', 'import', 'export'],
    },
    { form: '[what]', help: 'a file, an https URL or a device; see the examples' },
  ],
  options: [
    { flags: '--lenient', help: 'check, import: read forms from before 2019, and say so' },
    { flags: '--device <device>', help: 'import: whose rules they are' },
    { flags: '--approve', help: 'fetch, import: yes to a file that is unsigned, or allows more' },
    { flags: '--replace', help: 'import: the device’s learned rules go' },
    { flags: '--signature <file>', help: 'check, import: its signature; default: FILE.p7s' },
    {
      flags: '--anchor <file>',
      help: 'certificates (PEM) of who vouches for signers of MUD files',
    },
    {
      flags: '--ca <file>',
      help: 'fetch: certificates (PEM) of who vouches for the server',
      rare: true,
    },
    { flags: '--url <url>', help: 'export: where the file is going to be found' },
    { flags: '--out <file>', help: 'export: into this file; default: standard output' },
    { flags: '--sign <key>', help: 'export: sign it with this key (PEM) into FILE.p7s' },
    { flags: '--cert <file>', help: 'export: the certificate of that key, with its chain' },
    { flags: '--policy <file>', help: 'this policy; default: policy.yaml in the data folder' },
    { flags: '--dry-run', help: 'import: save nothing' },
  ],
  examples: [
    ['portolan mud', 'which devices name a MUD file, and what became of it'],
    ['portolan mud check bulb.json', 'all that is wrong or odd in a file, with lines'],
    ['portolan mud fetch https://mud.example.com/bulb.json', 'now, and only because you ask'],
    ['portolan mud import bulb.json --device bulb', 'its rules into the policy'],
    ['portolan mud export bulb --url https://mud.example.com/bulb.json', 'our rules as a MUD file'],
    [
      'portolan mud export bulb --url https://… --out bulb.json --sign key.pem --cert chain.pem',
      'with a signature in bulb.json.p7s',
    ],
  ],
  async run(shell, input) {
    const { runMud } = await import('./mud-run.ts');
    return runMud(shell, input);
  },
};
