import type { Untrusted } from '../base/untrusted.ts';
import { quote } from '../base/untrusted.ts';
import type { Session } from '../io/site/session.ts';
import { withSession } from '../io/site/session.ts';
import type { Evidence } from '../model/evidence.ts';
import type { LedgerRow } from '../model/ledger.ts';
import type { Site } from '../model/site.ts';
import { outsideText, wayText } from '../risk/port-mapping.ts';
import type { Mapping } from '../risk/shared/mappings.ts';
import { mappingsOf, stands, tellsOfMappings } from '../risk/shared/mappings.ts';
import type { Removal } from '../risk/shared/remove-mapping.ts';
import { removalOf } from '../risk/shared/remove-mapping.ts';
import type { Input } from './command.ts';
import { answerText, count, jsonList, timeText } from './format.ts';
import { askRouter, readLocal } from './nat-ask.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** One hole, with what the ledger has of the port that it leads to. */
interface Row {
  readonly mapping: Mapping;
  readonly stands: boolean;
  readonly device: string | undefined;
  readonly name: Untrusted | undefined;
  readonly ledger: LedgerRow | undefined;
  readonly removal: Removal;
}

export function runNat(shell: Shell, input: Input): Promise<number> {
  return withSession(shell, async (session) => {
    let status = 0;
    const [router] = input.args;
    if (input.flag('local')) status = await readLocal(shell, session);
    if (input.flag('ask') || router !== undefined) {
      status = Math.max(status, await askRouter(shell, session, router));
    }
    const rows = rowsOf(shell, session).filter((row) => row.stands || input.flag('all'));
    if (shell.json) shell.out(jsonList(shell, 'nat', rows.map(itemOf)));
    else if (rows.length > 0) print(shell, rows);
    else shell.say('No hole in the router is known. Ask it: portolan nat --ask');
    return status;
  });
}

function rowsOf(shell: Shell, session: Session): readonly Row[] {
  const site = session.site();
  return knownMappings(session.store.evidence()).map((mapping) => ({
    mapping,
    stands: stands(mapping, shell.now()),
    removal: removalOf(mapping),
    ...inside(site, mapping),
  }));
}

/** What was taken back does not count; evidence of an import may be older than what came before it. */
function knownMappings(evidence: Iterable<Evidence>): readonly Mapping[] {
  const told: Evidence[] = [];
  const retracted = new Set<number>();
  for (const one of evidence) {
    if (tellsOfMappings(one)) told.push(one);
    if (one.fact.kind === 'retract') retracted.add(one.fact.evidence);
  }
  const valid = told.filter(({ id }) => !retracted.has(id));
  return mappingsOf(valid.sort((a, b) => a.at - b.at || a.id - b.id));
}

function inside(site: Site, mapping: Mapping): Pick<Row, 'device' | 'name' | 'ledger'> {
  const device = site.devices.find(({ addresses }) => addresses.includes(mapping.insideAddress));
  const ledger = site.ledger.find(
    (row) =>
      row.device === device?.id &&
      row.direction === 'to-device' &&
      row.transport === mapping.transport &&
      row.port === mapping.insidePort,
  );
  return { device: device?.id, name: device?.name, ledger };
}

/** Additive changes only (docs: JSON documents). */
function itemOf({ mapping, stands: isOpen, device, ledger, removal }: Row): object {
  const { endedAt, firstSeen, ...rest } = mapping;
  return {
    ...rest,
    since: firstSeen,
    ...(endedAt === undefined ? {} : { endedAt }),
    stands: isOpen,
    ...(device === undefined ? {} : { device }),
    open: ledger?.open.answer ?? 'unknown',
    used: ledger?.used.answer ?? 'unknown',
    needed: ledger?.needed.answer ?? 'unknown',
    remove: removal,
  };
}

function print(shell: Shell, rows: readonly Row[]): void {
  shell.out(
    table<Row>(
      shell,
      [
        { title: 'Outside', value: ({ mapping }) => outsideText(mapping) },
        { title: 'Inside', value: insideText },
        { title: 'Device', value: ({ name }) => name ?? '', rank: 1 },
        { title: 'Via', value: ({ mapping }) => wayText(mapping.vias), rank: 3 },
        { title: 'Asked by', value: askedText, rank: 2 },
        { title: 'Since', value: ({ mapping }) => timeText(shell, mapping.firstSeen), rank: 4 },
        { title: 'Until', value: (row) => untilText(shell, row), rank: 5 },
        { title: 'Open', value: ({ ledger }) => answerText(ledger?.open.answer ?? 'unknown') },
        { title: 'Needed', value: ({ ledger }) => answerText(ledger?.needed.answer ?? 'unknown') },
        { title: 'Remove', value: ({ removal }) => removal.command ?? 'in the router', rank: 0 },
      ],
      rows,
    ),
  );
  shell.hint(`${count(rows.length, 'hole')}; nothing is removed by portolan itself`);
}

function insideText({ mapping: { insideAddress, insidePort } }: Row): string {
  const host = insideAddress.includes(':') ? `[${insideAddress}]` : insideAddress;
  return insidePort === 0 ? host : `${host}:${insidePort}`;
}

function askedText({ mapping: { requester, by } }: Row): string {
  return requester === undefined ? quote(by, 40) : `${requester} ${quote(by, 40)}`;
}

function untilText(shell: Shell, { mapping: { until, endedAt } }: Row): string {
  if (endedAt !== undefined) return `ended ${timeText(shell, endedAt)}`;
  return until === 'never' ? 'no end' : timeText(shell, until);
}
