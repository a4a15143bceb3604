import { PortolanError } from '../base/errors.ts';
import type { Session } from '../io/site/session.ts';
import { findDevice, withSession } from '../io/site/session.ts';
import type { FlowQuery, StoredFlow } from '../io/store/store.ts';
import { endText } from './analyze-lines.ts';
import type { Input } from './command.ts';
import { filteredFlows } from './filtered.ts';
import { count, jsonList, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

const MOST = 1_000_000;

export function runFlows(shell: Shell, input: Input): Promise<number> {
  return withSession(shell, (session) => {
    const shown = select(shell, session, input);
    if (shell.json) shell.out(jsonList(shell, 'flows', shown));
    else if (shown.length > 0) print(shell, shown);
    else shell.say('No such flow is known. Import a capture: portolan import FILE.pcap');
    return 0;
  });
}

function select(shell: Shell, session: Session, input: Input): readonly StoredFlow[] {
  const limit = numberOf(input, 'limit', MOST) ?? 100;
  const [device] = input.args;
  const addresses =
    device === undefined ? [undefined] : findDevice(session.site(), device).addresses;
  const query = queryOf(input);
  const filter = input.text('filter');
  const found = (wanted: FlowQuery): Iterable<StoredFlow> =>
    filter === undefined
      ? session.store.flows(wanted)
      : filteredFlows(shell, session, filter, wanted);
  return addresses
    .flatMap((address) => [
      ...found({ ...query, limit, ...(address === undefined ? {} : { address }) }),
    ])
    .sort((a, b) => b.lastSeen - a.lastSeen)
    .slice(0, limit);
}

function queryOf(input: Input): FlowQuery {
  const protocol = input.text('protocol');
  const port = numberOf(input, 'port', 65_535);
  const since = momentOf(input.text('since'));
  return {
    ...(protocol === undefined ? {} : { protocol }),
    ...(port === undefined ? {} : { port }),
    ...(since === undefined ? {} : { since }),
  };
}

function numberOf(input: Input, name: string, most: number): number | undefined {
  const text = input.text(name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new PortolanError('E_USAGE', `--${name} "${text}" is no number from 1 to ${most}`, {
    remedy: 'See: portolan flows --help',
  });
}

function momentOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const moment = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw new PortolanError('E_USAGE', `"${text}" is no date`, {
    remedy: 'For example --since 2026-01-31 or --since 2026-01-31T12:00',
  });
}

function print(shell: Shell, flows: readonly StoredFlow[]): void {
  shell.out(
    table<StoredFlow>(
      shell,
      [
        { title: 'Last', value: ({ lastSeen }) => timeText(shell, lastSeen), rank: 2 },
        { title: 'From', value: ({ source }) => endText(source) },
        { title: 'To', value: ({ destination }) => endText(destination) },
        { title: 'Name', value: ({ sni, name }) => sni ?? name ?? '', rank: 1 },
        {
          title: 'Protocol',
          value: ({ protocol, scan }) => (scan === undefined ? protocol : 'our scan'),
        },
        { title: 'Outcome', value: ({ outcome }) => outcome },
        { title: 'Sent', value: ({ sent }) => sent.bytes, align: 'right', rank: 3 },
        { title: 'Received', value: ({ received }) => received.bytes, align: 'right', rank: 3 },
        { title: 'Seen by', value: ({ observer }) => observer, rank: 4 },
      ],
      flows,
    ),
  );
  shell.hint(count(flows.length, 'flow'));
}
