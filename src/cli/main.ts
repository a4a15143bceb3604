import { PortolanError } from '../base/errors.ts';
import { commands } from './index.ts';
import { runCommandLine } from './run.ts';

// A reader that closes the pipe early (head, less) ends the output, not the program with a trace.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`portolan: cannot write the result: ${error.message}  [E_OUTPUT]\n`);
  process.exit(new PortolanError('E_OUTPUT', '', { remedy: '' }).exitStatus);
});

process.exitCode = await runCommandLine(commands, process.argv.slice(2));
