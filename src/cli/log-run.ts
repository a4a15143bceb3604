import { forTerminal } from '../base/encode.ts';
import { loadPolicy } from '../io/policy-file.ts';
import { endpointNames } from '../io/site/endpoint-names.ts';
import { withSession } from '../io/site/session.ts';
import type { Store } from '../io/store/store.ts';
import type { LoggedPacket } from '../io/would-block.ts';
import { attemptOf, readLog } from '../io/would-block.ts';
import { deviceKey } from '../policy/device-key.ts';
import type { Attempt } from '../policy/fallback.ts';
import { fallbacks } from '../policy/fallback.ts';
import { questionOf } from '../policy/learn/fallback-question.ts';
import { hostName } from '../policy/learn/host-name.ts';
import type { LearnDevice, Question } from '../policy/learn/proposal.ts';
import { count, jsonDocument } from './format.ts';
import { keepQuestion } from './learn-questions.ts';
import type { Shell } from './shell.ts';

/** Flows in which is looked for names and for ways that are known. */
const NEWEST_FLOWS = 200_000;
/** Packets that are kept; of what comes later only the counts are. */
const MOST_PACKETS = 100_000;

interface Known {
  readonly devices: readonly LearnDevice[];
  /** By client and address. */
  readonly names: ReadonlyMap<string, string>;
  /** Ways that were taken before: by device, place and service. */
  readonly ways: ReadonlySet<string>;
}

/**
 * `policy log`: what our rules stop, and would stop, as it happens; at the end one question for what
 * a device tried in several ways. The store is free meanwhile, for whoever watches.
 *
 * @param read what reads the log of the kernel
 */
export async function runLog(shell: Shell, file: string, read = readLog): Promise<number> {
  const { policy } = loadPolicy(file);
  const known = await withSession(shell, ({ store, site }) => {
    const names = endpointNames(site(), policy);
    const devices = site().devices.map(({ id, addresses, macs }) => ({
      id,
      endpoint: names.get(id) ?? id,
      addresses,
      macs,
    }));
    return { devices, ...pastOf(store, devices) };
  });
  const began = shell.now();
  const log = new Log(shell, known);
  shell.hint('Listening; end with Ctrl-C');
  await read({ signal: shell.stop, onPacket: (packet) => log.take(packet) });
  return withSession(shell, ({ store }) => {
    const questions = questionsOf(store, known, log.packets, began);
    for (const one of questions) keepQuestion(store, one);
    report(shell, log, questions);
    return 0;
  });
}

function pastOf(store: Store, devices: readonly LearnDevice[]): Omit<Known, 'devices'> {
  const names = new Map<string, string>();
  const ways = new Set<string>();
  for (const attempt of passed(store, devices, {})) ways.add(wayOf(attempt));
  for (const { source, destination, name } of store.flows({ limit: NEWEST_FLOWS })) {
    const key = `${source.address} ${destination.address}`;
    const known = hostName(name);
    if (known !== undefined && !names.has(key)) names.set(key, known);
  }
  return { names, ways };
}

/** What devices did and nobody stopped. */
function* passed(
  store: Store,
  devices: readonly LearnDevice[],
  query: { readonly since?: number },
): Generator<Attempt> {
  const owners = new Map(devices.flatMap(({ id, addresses }) => addresses.map((one) => [one, id])));
  for (const flow of store.flows({ ...query, byOthers: true, limit: NEWEST_FLOWS })) {
    const device = owners.get(flow.source.address);
    const { transport } = flow;
    if (device === undefined || flow.outcome !== 'answered') continue;
    if (transport !== 'tcp' && transport !== 'udp') continue;
    const name = hostName(flow.name);
    yield {
      at: flow.firstSeen,
      device,
      peer: flow.destination.address,
      ...(name === undefined ? {} : { name }),
      transport,
      port: flow.destination.port,
      protocol: flow.protocol,
    };
  }
}

function wayOf({ device, name, peer, transport, port }: Attempt): string {
  return `${device} ${name ?? peer} ${transport}/${port}`;
}

function questionsOf(
  store: Store,
  { devices, names, ways }: Known,
  packets: readonly LoggedPacket[],
  began: number,
): readonly Question[] {
  const byKey = new Map(devices.map((device) => [deviceKey(device.id), device.id]));
  const tools = {
    deviceOf: (id: string) => byKey.get(id),
    nameOf: (client: string, address: string) => names.get(`${client} ${address}`),
  };
  const stopped = packets
    .map((packet) => attemptOf(packet, tools))
    .filter((attempt) => attempt !== undefined);
  const attempts = [...stopped, ...passed(store, devices, { since: began })].toSorted(
    (a, b) => a.at - b.at,
  );
  const groups = fallbacks(attempts, { isKnown: (attempt) => ways.has(wayOf(attempt)) });
  return groups.flatMap((group) => {
    const device = devices.find(({ id }) => id === group.device);
    return device === undefined ? [] : [questionOf(group, device, devices)];
  });
}

/** What was logged: each kind is printed when it is first seen, and counted. */
class Log {
  readonly packets: LoggedPacket[] = [];
  readonly counts = new Map<string, number>();
  readonly #shell: Shell;
  readonly #known: Known;

  constructor(shell: Shell, known: Known) {
    this.#shell = shell;
    this.#known = known;
  }

  take(packet: LoggedPacket): void {
    if (this.packets.length < MOST_PACKETS) this.packets.push(packet);
    const line = this.#lineOf(packet);
    const before = this.counts.get(line);
    if (before === undefined && this.counts.size >= MOST_PACKETS) return;
    this.counts.set(line, (before ?? 0) + 1);
    if (before === undefined && !this.#shell.json) this.#shell.out(`${line}\n`);
  }

  #lineOf({
    what,
    device,
    rule,
    source,
    destination,
    protocol,
    destinationPort,
  }: LoggedPacket): string {
    const owner = this.#known.devices.find(({ id }) => deviceKey(id) === device)?.endpoint;
    const peer = this.#known.names.get(`${source} ${destination}`) ?? destination;
    const transport = protocol === 6 ? 'tcp' : protocol === 17 ? 'udp' : String(protocol);
    const from = owner === undefined ? source : `${owner} (${source})`;
    return forTerminal(`${what}: ${from} to ${peer} ${transport}/${destinationPort}, by ${rule}`);
  }
}

function report(shell: Shell, log: Log, questions: readonly Question[]): void {
  const total = [...log.counts.values()].reduce((sum, one) => sum + one, 0);
  if (shell.json) {
    const seen = [...log.counts].map(([what, packets]) => ({ what, packets }));
    shell.out(jsonDocument('policy-log', { seen, questions }));
    return;
  }
  shell.say(`${count(total, 'packet')} of ${count(log.counts.size, 'kind')}`);
  for (const { id, asks } of questions) {
    shell.out(`? ${forTerminal(asks)}\n  portolan policy decide ${id} yes|no\n`);
  }
}
