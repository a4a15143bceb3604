import { formatAddress, sizeOf } from '../base/address.ts';
import { PortolanError } from '../base/errors.ts';
import { loadConfig } from '../io/config.ts';
import { checkTargets, scopeOf } from '../io/scan/scope.ts';
import { ranges } from '../io/site/scan-plan.ts';
import type { Session } from '../io/site/session.ts';
import { who, withSession } from '../io/site/session.ts';
import type { Credentials } from '../io/snmp/credentials.ts';
import { communityFrom, userFrom } from '../io/snmp/credentials.ts';
import { routerEvidence } from '../io/snmp/router-evidence.ts';
import { readTables, shortcomings } from '../io/snmp/router-tables.ts';
import { openAgent } from '../io/snmp/session.ts';
import type { Input } from './command.ts';
import { count, jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';

/** Rows of one table, and of all: more than a router with a /16 behind it has. */
const ROWS = 100_000;
const ROWS_IN_ALL = 400_000;
/** Milliseconds for one router. */
const PATIENCE = 120_000;
const USUAL_PORT = 161;

/** `portolan import snmp ROUTER`: asks a router or switch whom it knows. Only reads. */
export async function importSnmp(shell: Shell, input: Input): Promise<number> {
  const [, wanted, ...more] = input.args;
  if (wanted === undefined || more.length > 0) throw usage('Name one router or switch');
  const credentials = credentialsOf(input);
  const port = portOf(input.text('snmpPort'));
  const { address, authorisation } = await targetOf(shell, input, wanted);
  return withSession(shell, async (session) => {
    if (authorisation !== undefined) {
      const what = `import snmp ${address}`;
      session.store.audit({ at: shell.now(), who: who(), what, why: authorisation });
    }
    const agent = await openAgent({ address, port, credentials });
    const over = AbortSignal.any([shell.stop, AbortSignal.timeout(PATIENCE)]);
    try {
      const bounds = { rows: ROWS, rowsInAll: ROWS_IN_ALL, signal: over };
      const tables = await readTables(agent, bounds);
      const version = credentials.kind === 'community' ? '2c' : '3';
      const router = { address, port, version, at: shell.now() };
      const { evidence, addressless } = routerEvidence(tables, router, addressBook(session));
      session.add(evidence);
      return told(shell, {
        router: address,
        addresses: new Set(evidence.map(({ subject }) => subject.address)).size,
        attached: new Set(
          evidence
            .filter(({ fact }) => fact.kind === 'attribute' && fact.name === 'attachment')
            .map(({ subject }) => subject.address),
        ).size,
        addressless,
        requests: tables.requests,
        notes: shortcomings(tables),
      });
    } finally {
      agent.close();
    }
  });
}

interface Told {
  readonly router: string;
  readonly addresses: number;
  /** Of these, the ones whose place in the network is known now. */
  readonly attached: number;
  readonly addressless: number;
  readonly requests: number;
  readonly notes: readonly string[];
}

/** @returns 0, or 5 where a table could not be read to its end */
function told(shell: Shell, result: Told): number {
  const { router, addresses, attached, addressless, requests, notes } = result;
  if (shell.json) shell.out(jsonDocument('import-snmp', result));
  shell.say(
    `${router}: ${count(addresses, 'address')}, ${attached} with the place where it hangs; ${count(requests, 'question')} asked`,
  );
  if (addressless > 0) {
    shell.say(
      `${count(addressless, 'card')} more, whose address it does not know: import the router of that network too`,
    );
  }
  for (const note of notes) shell.warn(note);
  return notes.length === 0 ? 0 : 5;
}

/** What is believed already: a switch knows cards, and the router beside it their addresses. */
function addressBook(session: Session): (mac: string) => readonly string[] {
  const book = new Map<string, string[]>();
  for (const { macs, addresses } of session.site().devices) {
    for (const mac of macs) book.set(mac, [...(book.get(mac) ?? []), ...addresses]);
  }
  return (mac) => book.get(mac) ?? [];
}

/** One address, inside the scope: a router is asked like any device. */
async function targetOf(
  shell: Shell,
  input: Input,
  wanted: string,
): Promise<{ readonly address: string; readonly authorisation: string | undefined }> {
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  const reason = input.text('iAmAuthorised');
  const scope = scopeOf({
    wanted: await ranges([...settings.scope, ...input.list('scope')]),
    exclude: await ranges(settings.never_touch),
    ...(reason === undefined ? {} : { reason }),
  });
  const targets = await ranges([wanted]);
  checkTargets(targets, scope);
  const [range] = targets;
  if (range === undefined || sizeOf(range) !== 1n) throw usage(`"${wanted}" is not one address`);
  const address = formatAddress({ family: range.family, value: range.from });
  if (!scope.allows(address)) {
    throw new PortolanError('E_SCOPE', `Refused: ${address} is never to be touched`, {
      remedy: 'See never_touch in the configuration: portolan config show',
    });
  }
  return { address, authorisation: scope.authorisation };
}

function credentialsOf(input: Input): Credentials {
  const community = input.text('communityFile');
  const user = input.text('v3');
  if (community !== undefined && user === undefined) return communityFrom(community);
  if (user !== undefined && community === undefined) return userFrom(user);
  throw usage('A router answers who shows a community or a user of SNMPv3, and none is guessed');
}

function portOf(text: string | undefined): number {
  if (text === undefined) return USUAL_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new PortolanError('E_PORTS', `"${text}" is no port`, { remedy: 'Write --snmp-port 161' });
}

function usage(message: string): PortolanError {
  return new PortolanError('E_USAGE', message, {
    remedy: 'Write: portolan import snmp 192.168.1.1 --community-file FILE, or --v3 FILE',
  });
}
