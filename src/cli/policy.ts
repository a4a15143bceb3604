import type { Command } from './command.ts';

export const policy: Command = {
  name: 'policy',
  group: 'act',
  summary: 'What each device may do: show, check, test, compare and edit the policy',
  args: [
    {
      form: '<verb>',
      help: 'what to do',
      choices: [
        'show',
        'init',
        'check',
        'edit',
        'test',
        'explain',
        'diff',
        'shadow',
        'rm',
        'set-state',
        'schema',
      ],
    },
    { form: '[what...]', help: 'a device, a rule, a file or a connection; see the examples' },
  ],
  options: [
    { flags: '--policy <file>', help: 'this policy; default: policy.yaml in the data folder' },
    { flags: '--strict', help: 'check: warnings fail too' },
    { flags: '--file-only', help: 'check: do not look devices up in the inventory' },
    { flags: '--exit-code', help: 'diff, shadow: 1 where there is something to tell' },
    { flags: '--dry-run', help: 'init, rm, set-state: print the new text and save nothing' },
  ],
  examples: [
    ['portolan policy init', 'begin: a zone for each network, every device, nothing denied'],
    ['portolan policy show camera', 'the rules about one device'],
    ['portolan policy edit', 'in $EDITOR; checked before it is saved'],
    ['portolan policy check --strict', 'all that is wrong or odd, with lines'],
    ['portolan policy explain "7f3k→cloud tcp/8883"', 'what becomes of it, and which rule says so'],
    ['portolan policy test', 'run the tests in the file'],
    ['portolan policy diff old.yaml new.yaml', 'what is newly allowed and newly denied'],
    ['portolan policy shadow', 'rules that decide nothing'],
    ['portolan policy set-state 7f3k trial', 'log what would be denied to it'],
    ['portolan policy rm r7', 'remove a rule'],
    ['portolan policy schema > policy.schema.json', 'for completion in your editor'],
  ],
  async run(shell, input) {
    const { runPolicy } = await import('./policy-run.ts');
    return runPolicy(shell, input);
  },
};
