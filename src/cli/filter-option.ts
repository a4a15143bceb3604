import type { Option } from './command.ts';

/** Of every list: the one language of docs/guides/filters.md. */
export const FILTER: Option = {
  flags: '--filter <expr>',
  help: 'only what fits, as the dashboard has it; fields: portolan query --fields',
};
