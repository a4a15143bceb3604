import { PortolanError } from '../base/errors.ts';
import { readData } from '../io/data.ts';
import type { PortRegistry, Registration } from '../knowledge/iana.ts';
import { IANA_SNAPSHOT, portRegistry } from '../knowledge/iana.ts';
import type { RealUse } from '../knowledge/real-use.ts';
import { realUses } from '../knowledge/real-use.ts';
import { REAL_USES } from '../knowledge/real-uses.ts';
import { protocols } from '../protocols/index.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** Ports of a range that are listed one by one. */
const LISTED = 2000;

interface Asked {
  readonly from: number;
  readonly to: number;
  readonly transport: string | undefined;
}

export function runPort(shell: Shell, input: Input): Promise<number> {
  const registry = portRegistry(readData('iana'));
  const asked = input.args.map(parse);
  if (input.flag('summary')) {
    summarise(shell, registry, asked);
    return Promise.resolve(0);
  }
  const items = asked.flatMap((one) => answers(registry, one));
  if (shell.json) shell.out(jsonDocument('port', { snapshot: IANA_SNAPSHOT, items }));
  else for (const item of items) shell.out(lines(item));
  return Promise.resolve(0);
}

interface PortAnswer {
  readonly port: number;
  readonly registrations: readonly Registration[];
  readonly realUses: readonly RealUse[];
  /** Protocols of ours that are usually found there. */
  readonly protocols: readonly string[];
}

function parse(word: string): Asked {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp|dccp))?$/.exec(word);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (match === null || to > 65_535 || from > to) {
    throw new PortolanError('E_PORTS', `"${word}" is not a port: numbers go from 0 to 65535`, {
      remedy: 'For example: portolan port 5683/udp, or 8000-9000 --summary',
    });
  }
  return { from, to, transport: match[3] };
}

function answers(registry: PortRegistry, { from, to, transport }: Asked): PortAnswer[] {
  if (to - from > LISTED) {
    throw new PortolanError('E_USAGE', `${to - from + 1} ports are too many to list`, {
      remedy: `Ask for a summary: portolan port ${from}-${to} --summary`,
    });
  }
  const all = Array.from({ length: to - from + 1 }, (_, index) =>
    answer(registry, from + index, transport),
  );
  return from === to ? all : all.filter(isKnown);
}

function answer(registry: PortRegistry, port: number, transport: string | undefined): PortAnswer {
  const spoken = protocols.all.filter(({ ports }) => ports.some((usual) => usual.port === port));
  return {
    port,
    registrations: registry.lookup(port, transport),
    realUses: realUses(REAL_USES, port, transport),
    protocols: spoken.map(({ id }) => id),
  };
}

function isKnown({ registrations, realUses: uses, protocols: spoken }: PortAnswer): boolean {
  return (
    registrations.some(({ service }) => service !== '') || uses.length > 0 || spoken.length > 0
  );
}

function lines({ port, registrations, realUses: uses, protocols: spoken }: PortAnswer): string {
  const named = registrations.map(
    ({ transport, service, description, reference, registered }) =>
      `${port}/${transport}  ${service || '(no name)'}  ${description}${reference === '' ? '' : `  ${reference}`}${registered === '' ? '' : `  registered ${registered}`}`,
  );
  const use = uses.map(
    ({ transport, use: what, source }) =>
      `  really used (${port}/${transport}): ${what}\n    Source: ${source.document}, ${source.date}`,
  );
  const heading =
    named.length > 0 ? named : [`${port}  not in IANA's registry of ${IANA_SNAPSHOT}`];
  const known =
    spoken.length > 0
      ? [`  portolan recognises there: ${spoken.join(', ')} (a number alone is only a hint)`]
      : [];
  return `${[...heading, ...use, ...known].join('\n')}\n`;
}

function summarise(shell: Shell, registry: PortRegistry, asked: readonly Asked[]): void {
  const rows = asked.map(({ from, to }) => {
    const size = to - from + 1;
    return {
      range: `${from}-${to}`,
      size,
      named: registry.named(from, to),
      meaning: meaning(from, to),
    };
  });
  if (shell.json) {
    shell.out(jsonDocument('port-summary', { snapshot: IANA_SNAPSHOT, items: rows }));
    return;
  }
  if (!shell.accessible && shell.outIsTerminal) {
    shell.out(
      table(
        shell,
        [
          { title: 'Range', value: ({ range }) => range },
          { title: 'Numbers', value: ({ size }) => size, align: 'right' },
          { title: 'Named', value: ({ named }) => named, align: 'right' },
        ],
        rows,
      ),
    );
  }
  for (const { range, size, named, meaning: text } of rows) {
    shell.out(
      `${range}: ${named} of ${size} numbers have a name in IANA's registry of ${IANA_SNAPSHOT}. ${text}\n`,
    );
  }
}

/** RFC 6335 §6: system, user and dynamic ports. */
function meaning(from: number, to: number): string {
  if (from >= 49_152) {
    return 'All are dynamic ports (RFC 6335 section 6): nothing is registered there, and replies to a device are the job of connection tracking, not of a rule.';
  }
  if (to - from > 20_000) {
    return 'A rule for such a range allows nearly everything: measure what the device uses instead.';
  }
  return 'It is a habit, not a standard: what is spoken there is told by its bytes, never by the number.';
}
