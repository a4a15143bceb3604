import type { Command } from './command.ts';

export const claim: Command = {
  name: 'claim',
  group: 'know',
  summary: 'What the article says of a device or protocol, and what the sources say of that',
  args: [
    { form: '[subject]', help: 'nest, hue, echo, mqtt …; without one, all' },
    { form: '[port]', help: '8080' },
  ],
  examples: [
    ['portolan claim nest 8080', 'not supported, with what to expect instead'],
    ['portolan claim hue 6850', 'refuted'],
    ['portolan claim', 'every statement with its verdict'],
  ],
  async run(shell, input) {
    const { runClaim } = await import('./claim-run.ts');
    return runClaim(shell, input);
  },
};
