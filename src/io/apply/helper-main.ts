import { PortolanError } from '../../base/errors.ts';
import { execute } from './host.ts';
import type { HelperReply, HelperRequest } from './messages.ts';
import { MESSAGE_LIMIT, parseRequest } from './messages.ts';
import { refusal } from './permitted.ts';

/*
 * The process that may change the firewall (CAP_NET_ADMIN, nothing else). It is asked on standard
 * input and answers on standard output, one JSON document a line; it listens nowhere, and ends with
 * whoever started it. It runs no command but those that read, and those that change our own tables;
 * the watchdog of a change that waits is no child of it and goes on.
 */

const [, , folder = ''] = process.argv;
let rest = '';
let turn: Promise<void> = Promise.resolve();

async function answer(request: HelperRequest): Promise<HelperReply> {
  const { id, command, input } = request;
  const why = refusal(command, input, folder);
  if (why !== undefined) {
    const message = `The enforcing helper refused ${command.slice(0, 3).join(' ')}: ${why}`;
    return { kind: 'error', id, code: 'E_BUG', message, remedy: 'Report it' };
  }
  try {
    return { kind: 'output', id, ...(await execute(command, input)) };
  } catch (error) {
    const { code, message, remedy } =
      error instanceof PortolanError
        ? error
        : { code: 'E_NETWORK' as const, message: String(error), remedy: 'See: portolan doctor' };
    return { kind: 'error', id, code, message, remedy };
  }
}

function take(text: string): void {
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  if (rest.length > MESSAGE_LIMIT) process.exit(2);
  for (const line of lines) {
    const request = parseRequest(line);
    // One after the other, in the order in which they were asked.
    turn = turn.then(async () => {
      process.stdout.write(`${JSON.stringify(await answer(request))}\n`);
    });
  }
}

// Ctrl-C reaches the whole group: whoever started us says when it is over.
process.on('SIGINT', () => {});
process.stdin.setEncoding('utf8').on('data', take);
process.stdin.on('end', () => {
  void turn.then(() => process.exit(0));
});
