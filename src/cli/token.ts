import type { Command } from './command.ts';

export const token: Command = {
  name: 'token',
  group: 'operate',
  summary: 'Tokens by which programs use the API: list, create, take back',
  args: [
    { form: '[verb]', help: 'what to do', choices: ['list', 'create', 'rm'] },
    { form: '[name]', help: 'what it is for; for rm its beginning, ptl_…' },
  ],
  options: [
    {
      flags: '--scope <scope>',
      help: 'read, triage, scan, policy:propose, policy:apply or admin; may be given several times',
      many: true,
    },
    { flags: '--days <number>', help: 'until it ends, 1 to 365', default: '90' },
  ],
  examples: [
    ['portolan token create prometheus --scope read', 'its secret is printed once'],
    ['portolan token create bot --scope read --scope triage --days 30', 'what a program needs'],
    ['portolan token list', 'who has one, and when it was used'],
    ['portolan token rm ptl_7f3k2q', 'it is worth nothing from now on'],
  ],
  async run(shell, input) {
    const { runToken } = await import('./token-run.ts');
    return runToken(shell, input);
  },
};
