import { PortolanError } from '../base/errors.ts';
import { ledgerItem } from '../io/api/views/port-items.ts';
import type { Session } from '../io/site/session.ts';
import { findDevice, subjectOf, userWord, withSession } from '../io/site/session.ts';
import type { LedgerItem } from '../model/api/site.ts';
import type { Transport } from '../model/core.ts';
import type { LedgerRow } from '../model/ledger.ts';
import type { Site } from '../model/site.ts';
import { ledger as resource } from '../query/resources/ledger.ts';
import type { Input } from './command.ts';
import type { Filtered } from './filtered.ts';
import { filtered } from './filtered.ts';
import { answerText, count, jsonList, portText, verdictStyle } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** Columns of a terminal below which the ledger's cells cannot all stand in one line. */
const NARROW = 50;

const ROWS: Filtered<LedgerRow, LedgerItem> = { resource, view: ledgerItem };

export function runLedger(shell: Shell, input: Input): Promise<number> {
  return withSession(shell, (session) => {
    sayNeeds(shell, session, input);
    print(shell, session, input);
    return 0;
  });
}

function print(shell: Shell, session: Session, input: Input): void {
  const site = session.site();
  const wanted = input.args[0] === undefined ? undefined : findDevice(site, input.args[0]).id;
  const rows = filtered(shell, input, { session, site }, site.ledger, ROWS).filter(
    (row) => wanted === undefined || row.device === wanted,
  );
  // Who asks for a verdict gets it, also where it is no work.
  const all = input.flag('all') || input.text('filter') !== undefined;
  const shown = all ? rows : rows.filter(hasWork);
  if (shell.json) shell.out(jsonList(shell, 'ledger', shown));
  else if (shown.length > 0) shell.out(ledgerTable(shell, site, shown));
  else shell.say(rows.length === 0 ? 'No port is known yet: portolan scan' : 'Nothing to do here.');
  const hidden = rows.length - shown.length;
  if (hidden > 0) shell.hint(`${count(hidden, 'more row')} without work: --all`);
}

function hasWork({ verdict }: LedgerRow): boolean {
  return verdict !== 'fine' && verdict !== 'unknown';
}

function sayNeeds(shell: Shell, session: Session, input: Input): void {
  for (const [option, needed] of [
    ['needed', true],
    ['notNeeded', false],
  ] as const) {
    const word = input.text(option);
    if (word === undefined) continue;
    const [device] = input.args;
    const match = /^(\d{1,5})\/(tcp|udp)$/.exec(word);
    if (device === undefined || match === null) {
      throw new PortolanError('E_USAGE', 'That needs a device and a port such as 23/tcp', {
        remedy: 'For example: portolan ledger camera --not-needed 23/tcp',
      });
    }
    const transport: Transport = match[2] === 'udp' ? 'udp' : 'tcp';
    const subject = subjectOf(findDevice(session.site(), device));
    const port = Number(match[1]);
    const [stored] = session.add([
      userWord(shell, subject, { kind: 'needed', transport, port, needed }),
    ]);
    shell.say(`Noted. Take it back: portolan devices undo ${stored?.id ?? ''}`);
  }
}

function ledgerTable(shell: Shell, site: Site, rows: readonly LedgerRow[]): string {
  const names = new Map(site.devices.map((device) => [device.id, device.name]));
  // Where not even the shortest cells fit beside each other, whole columns go.
  const rank = (last: number): { rank: number } | object =>
    shell.width < NARROW ? { rank: last } : {};
  return table<LedgerRow>(
    shell,
    [
      { title: 'Device', value: ({ device }) => names.get(device) ?? device },
      { title: 'Port', value: portText, align: 'right' },
      { title: 'To/from', value: ({ direction }) => direction.split('-')[0] ?? '', rank: 9 },
      { title: 'Protocol', value: ({ protocol }) => protocol, ...rank(5) },
      { title: 'Open', value: ({ open }) => answerText(open.answer), ...rank(2) },
      { title: 'Used', value: ({ used }) => answerText(used.answer), ...rank(3) },
      { title: 'Needed', value: ({ needed }) => answerText(needed.answer), ...rank(4) },
      { title: 'Allowed', value: ({ allowed }) => answerText(allowed.answer), ...rank(6) },
      {
        title: 'Verdict',
        value: ({ verdict }) => verdict,
        style: (row) => verdictStyle(row.verdict),
      },
      { title: 'What to do', value: ({ advice }) => advice, rank: 8 },
    ],
    rows,
  );
}
