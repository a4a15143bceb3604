import { PortolanError } from '../base/errors.ts';
import type { RelayCounts } from '../io/relay/relay.ts';
import { runRelay } from '../io/relay/run-relay.ts';
import { NEVER_RELAYED } from '../policy/segment/matter.ts';
import type { Input } from './command.ts';
import { count, jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';

/** RFC 6763 §7: a service and what carries it. */
const TYPE = /^_[a-z0-9][a-z0-9-]{0,14}\._(?:tcp|udp)$/i;
/** Without spaces and controls, as a header carries it. */
const TARGET = /^[\x21-\x7e]{1,200}$/;

export async function runRelayCommand(shell: Shell, input: Input): Promise<number> {
  const [services, clients] = [interfaceOf(input, 'from'), interfaceOf(input, 'to')];
  const types = listOf(input.text('types')).map(checkType);
  const ssdp = listOf(input.text('ssdp')).map(checkTarget);
  if (services === clients) throw usage('--from and --to are the same interface');
  if (types.length + ssdp.length === 0) throw usage('There is nothing to relay');
  const relay = await runRelay({
    services,
    clients,
    types,
    ssdp,
    stop: shell.stop,
    now: () => performance.now(),
    ready: () =>
      shell.say(`Relaying from ${services} to ${clients}: ${[...types, ...ssdp].join(', ')}`),
  });
  print(shell, relay.counts);
  return 0;
}

function print(shell: Shell, counts: RelayCounts): void {
  if (shell.json) {
    shell.out(jsonDocument('relay', { ...counts }));
    return;
  }
  const { passed, limited, filtered } = counts;
  shell.out(
    `${count(passed, 'message')} passed, ${limited} were too many, ${filtered} about something else\n`,
  );
}

function interfaceOf(input: Input, option: 'from' | 'to'): string {
  const name = input.text(option);
  if (name === undefined) throw usage(`--${option} names no interface`);
  return name;
}

function listOf(text: string | undefined): readonly string[] {
  return [...new Set((text ?? '').split(',').filter((item) => item !== ''))];
}

function checkType(type: string): string {
  if (!TYPE.test(type)) throw usage(`--types has ${JSON.stringify(type)}, no type of DNS-SD`);
  if (!NEVER_RELAYED.has(type.toLowerCase())) return type;
  throw new PortolanError(
    'E_USAGE',
    `${type} is not relayed: Matter and Thread break when it is, since all of it is about one link`,
    {
      remedy: 'Leave controllers and devices on one network: portolan segment plan says which',
    },
  );
}

function checkTarget(target: string): string {
  if (TARGET.test(target)) return target;
  throw usage(`--ssdp has ${JSON.stringify(target)}, no search target`);
}

function usage(what: string): PortolanError {
  return new PortolanError('E_USAGE', what, {
    remedy: 'For example: portolan relay --from iot --to lan --types _googlecast._tcp',
  });
}
