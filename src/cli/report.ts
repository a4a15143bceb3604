import type { Command } from './command.ts';

export const report: Command = {
  name: 'report',
  group: 'act',
  summary: 'Write what is known: HTML, JSON, CSV, Markdown, nmap XML',
  options: [
    {
      flags: '-o, --output <file>',
      help: 'file; the format by its ending; - for standard output',
      many: true,
    },
    {
      flags: '--format <format>',
      help: 'where the ending does not say',
      choices: ['html', 'json', 'csv', 'csv-devices', 'markdown', 'nmap-xml'],
    },
  ],
  examples: [
    ['portolan report -o report.html', 'one self-contained page'],
    ['portolan report -o ports.csv -o report.json', 'two at once'],
    ['portolan report --format markdown', 'to the terminal'],
  ],
  async run(shell, input) {
    const { runReport } = await import('./report-run.ts');
    return runReport(shell, input);
  },
};
