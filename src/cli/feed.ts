import type { Command } from './command.ts';

export const feed: Command = {
  name: 'feed',
  group: 'know',
  summary: 'Known vulnerabilities: import feeds, see how old they are, check devices against them',
  args: [
    {
      form: '[verb]',
      help: 'status, import with files, check with a device or none, remove with an id',
      choices: ['status', 'import', 'check', 'remove'],
    },
    { form: '[what...]', help: 'files, a device, or the id of a feed' },
  ],
  options: [
    {
      flags: '--signer <key>',
      help: 'with import: refuse a file unless this key signed it (OpenPGP, or PEM); its .asc or .sig lies beside it',
      many: true,
    },
  ],
  examples: [
    ['portolan feed', 'which feeds are there, and of which day'],
    ['portolan feed import nvdcve-2.0-2024.json.gz', 'what NVD knows of one year, from a file'],
    ['portolan feed import known_exploited_vulnerabilities.json', 'mark what is being used'],
    ['portolan feed import ssa-*.json', 'advisories of a maker or a CERT (CSAF 2.0)'],
    ['portolan feed import ssa-1.json --signer maker.asc', 'only if the maker signed it'],
    ['portolan feed check', 'every device against all of it'],
    ['portolan feed check camera --json', 'one device, each CVE with its score'],
  ],
  async run(shell, input) {
    const { runFeed } = await import('./feed-run.ts');
    return runFeed(shell, input);
  },
};
