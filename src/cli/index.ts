import type { Command } from './command.ts';
import { completion } from './completion.ts';
import { config } from './config.ts';
import { version } from './version.ts';

/** In the order of the help. */
export const commands: readonly Command[] = [config, completion(() => commands), version];
