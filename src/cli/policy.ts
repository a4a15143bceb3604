import type { Command } from './command.ts';

export const policy: Command = {
  name: 'policy',
  group: 'act',
  summary: 'What each device may do: show, check, test, compare and edit the policy',
  args: [
    {
      form: '[verb]',
      help: 'what to do; without one, show',
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
        'learn',
        'decide',
        'observe',
        'try',
        'enforce',
        'log',
        'schema',
      ],
    },
    { form: '[what...]', help: 'a device, a rule, a file or a connection; see the examples' },
  ],
  options: [
    { flags: '--policy <file>', help: 'this policy; default: policy.yaml in the data folder' },
    { flags: '--strict', help: 'check: warnings fail too' },
    { flags: '--file-only', help: 'check: do not look devices up in the inventory' },
    { flags: '--from <file>', help: 'learn: from this capture, which is imported first' },
    { flags: '--since <when>', help: 'learn: from flows since then: 14d, 2026-11-01' },
    {
      flags: '--expire <days>',
      help: 'learn: rules lapse so long after they were last seen: 90d, never; 365d',
    },
    { flags: '--blocklist <file>', help: 'learn: malicious names and addresses, one a line' },
    { flags: '--now', help: 'try, enforce: without the steps before' },
    { flags: '--exit-code', help: 'diff, shadow: 1 where there is something to tell' },
    { flags: '--dry-run', help: 'init, rm, set-state, learn: save nothing' },
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
    ['portolan policy learn camera --since 14d', 'propose rules from what it did; ask the rest'],
    ['portolan policy decide', 'questions that are open; answer one: decide ID yes'],
    [
      'portolan policy try camera',
      'log what would be denied; then: portolan policy enforce camera',
    ],
    ['portolan policy log', 'what is denied, and would be, as it happens'],
    ['portolan policy rm r7', 'remove a rule'],
    ['portolan policy schema > policy.schema.json', 'for completion in your editor'],
  ],
  async run(shell, input) {
    const { runPolicy } = await import('./policy-run.ts');
    return runPolicy(shell, input);
  },
};
