import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddress, parseNetwork } from '../src/base/address.ts';
import { addressSet, hasAddress } from '../src/base/address-set.ts';
import { ipText } from '../src/flows/address-text.ts';
import { readDnsAnswer } from '../src/flows/dns-answers.ts';
import { analyzeCapture } from '../src/io/capture/analyze.ts';
import { openStore } from '../src/io/store/open.ts';
import type { StoredFlow } from '../src/io/store/store.ts';
import type { Flow } from '../src/model/flow.ts';
import type { NewConnection } from '../src/model/packet-verdict.ts';
import type { Policy } from '../src/model/policy.ts';
import { bindPolicy } from '../src/policy/bind.ts';
import { learn } from '../src/policy/learn/learner.ts';
import type { LearnContext, LearnDevice, Proposal } from '../src/policy/learn/proposal.ts';
import type { DnsAnswer } from '../src/policy/names.ts';
import { NameSets } from '../src/policy/names.ts';
import { Judge } from '../src/policy/simulate/judge.ts';
import type { Packet } from '../src/wire/packet.ts';
import type { DayOptions } from './_days.ts';
import { CAMERA, HUB, isMalware, NAS, PHONE, ROUTER, writeDays } from './_days.ts';

const TICK = 60_000;
const DEVICES: readonly LearnDevice[] = [
  { id: 'PTL-D-CAM1', endpoint: 'camera', addresses: [CAMERA], macs: ['02:ca:00:00:00:05'] },
  { id: 'PTL-D-NAS1', endpoint: 'nas', addresses: [NAS], macs: [] },
  { id: 'PTL-D-HUB1', endpoint: 'hub', addresses: [HUB], macs: [] },
  { id: 'PTL-D-PHN1', endpoint: 'phone', addresses: [PHONE], macs: [] },
];
const LOCAL = networks('192.168.20.0/24', '192.168.10.0/24');

export const LEARN_CONTEXT: LearnContext = {
  devices: DEVICES,
  only: new Set(['PTL-D-CAM1']),
  localNetworks: LOCAL,
  selfAddresses: [ROUTER],
  knownAddresses: [],
  knownBad: new Set(),
  utcOffset: 0,
};

export interface Observed {
  /** As the store gives them back. */
  readonly flows: readonly StoredFlow[];
  readonly answers: readonly DnsAnswer[];
}

/** Days → capture → flows → store and back; with the answers of DNS as they pass. */
export async function observe(days: readonly DayOptions[]): Promise<Observed> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-days-'));
  try {
    const file = join(folder, 'days.pcap');
    writeDays(file, days);
    const flows: Flow[] = [];
    const answers: DnsAnswer[] = [];
    await analyzeCapture(file, {
      onFlow: (flow) => flows.push(flow),
      onPacket: (packet) => {
        const answer = answerIn(packet);
        if (answer !== undefined) answers.push(answer);
      },
    });
    const store = openStore(folder);
    store.appendFlows(flows, 'days');
    const stored = [...store.flows()];
    store.close();
    return { flows: stored, answers };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function answerIn(packet: Packet): DnsAnswer | undefined {
  if (packet.protocol !== 17 || packet.sourcePort !== 53 || packet.family !== 4) return undefined;
  const { bytes, payload, payloadCaptured, destination, time } = packet;
  const read = readDnsAnswer(bytes.slice(payload, payload + payloadCaptured));
  const client = ipText(bytes.subarray(destination, destination + 4));
  return read === undefined ? undefined : { at: Math.floor(time / 1000), client, ...read };
}

export function learnt({ flows }: Observed): Proposal {
  return learn(flows, LEARN_CONTEXT);
}

export interface Score {
  readonly benign: number;
  readonly allowed: number;
  readonly malware: number;
  readonly denied: number;
  /** What is stopped though it should not be, and the other way round, each once. */
  readonly wrong: readonly string[];
}

/**
 * Judges what another day's flows would have met with the proposed rules in force and nothing else:
 * new connections only, since what is under way passes by its state; names stand for what the camera
 * is told while the day goes by.
 *
 * @param yes ids of questions that a person answers with yes
 */
export function score(proposal: Proposal, day: Observed, yes: (reason: string) => boolean): Score {
  const { bound } = bindPolicy(policyOf(proposal, yes), {
    devices: DEVICES,
    resolved: () => undefined,
    localNetworks: LOCAL,
    resolvers: [ROUTER],
    ntpServers: [],
    now: day.flows.at(-1)?.firstSeen ?? 0,
  });
  const sets = new NameSets(bound, day.answers[0]?.at ?? 0);
  const judge = new Judge(bound, (name, address) => addressesOf(sets, name).has(address.value));
  const replay = new Replay(sets, day.answers);
  const tally = new Tally();
  for (const flow of day.flows.toSorted((a, b) => a.firstSeen - b.firstSeen)) {
    const connection = connectionOf(flow);
    if (connection === undefined) continue;
    replay.until(flow.firstSeen);
    const isAllowed = judge.judge(connection).verdict === 'allow';
    if (isAllowed) replay.live(flow);
    tally.add(flow, isAllowed);
  }
  return tally.score();
}

class Tally {
  readonly #wrong = new Set<string>();
  readonly #flows = { benign: 0, malware: 0 };
  readonly #right = { benign: 0, malware: 0 };

  add(flow: StoredFlow, isAllowed: boolean): void {
    const kind = isMalware(flow.source.port) ? 'malware' : 'benign';
    this.#flows[kind] += 1;
    if (isAllowed === (kind === 'benign')) this.#right[kind] += 1;
    else this.#wrong.add(wordsOf(flow));
  }

  score(): Score {
    const { benign, malware } = this.#flows;
    const { benign: allowed, malware: denied } = this.#right;
    return { benign, allowed, malware, denied, wrong: [...this.#wrong].sort() };
  }
}

function addressesOf(sets: NameSets, name: string): ReadonlySet<bigint> {
  const values = sets.addresses(name).map((address) => parseAddress(address)?.value);
  return new Set(values.filter((value) => value !== undefined));
}

/** What the camera is told, in its time; and which of its connections are alive. */
class Replay {
  readonly #sets: NameSets;
  readonly #answers: readonly DnsAnswer[];
  readonly #alive = new Map<string, number>();
  #next = 0;
  #ticked = 0;

  constructor(sets: NameSets, answers: readonly DnsAnswer[]) {
    this.#sets = sets;
    this.#answers = answers;
  }

  until(at: number): void {
    for (let answer = this.#answers[this.#next]; answer !== undefined && answer.at <= at; ) {
      this.#tick(answer.at);
      this.#sets.answer(answer);
      this.#next += 1;
      answer = this.#answers[this.#next];
    }
    this.#tick(at);
  }

  live({ destination, lastSeen }: StoredFlow): void {
    const until = Math.max(lastSeen, this.#alive.get(destination.address) ?? 0);
    this.#alive.set(destination.address, until);
  }

  #tick(at: number): void {
    if (at - this.#ticked < TICK) return;
    this.#ticked = at;
    this.#sets.tick(at, (address) => (this.#alive.get(address) ?? 0) >= at);
  }
}

function policyOf({ devices }: Proposal, yes: (reason: string) => boolean): Policy {
  const zone = { internet: false, default: 'leave' } as const;
  const endpoints = DEVICES.map(({ id, endpoint }) => {
    const state = endpoint === 'camera' ? ('enforcing' as const) : ('observing' as const);
    return [endpoint, { kind: 'device' as const, device: id, addresses: [], state }] as const;
  });
  return {
    version: 1,
    zones: {
      iot: { ...zone, interfaces: ['br-iot'], networks: ['192.168.20.0/24'] },
      home: { ...zone, interfaces: ['br-home'], networks: ['192.168.10.0/24'] },
      wan: { ...zone, interfaces: ['wan'], networks: [], internet: true },
    },
    endpoints: Object.fromEntries(endpoints),
    services: {},
    rules: devices.flatMap(({ rules, questions }) => [
      ...rules,
      ...questions.filter(({ reason }) => yes(reason)).flatMap((question) => question.rules),
    ]),
    refuse: 'drop',
    nat: { masquerade: [], forwards: [], oneToOne: [], pools: [], redirects: [] },
    guard: { admins: [], services: [] },
    tests: [],
  };
}

/** Undefined for what is under way, and for what is said to everybody: no rule judges these. */
function connectionOf(flow: StoredFlow): NewConnection | undefined {
  const source = parseAddress(flow.source.address);
  const destination = parseAddress(flow.destination.address);
  if (source === undefined || destination === undefined || flow.midStream === true)
    return undefined;
  if (hasAddress(networks('224.0.0.0/3'), destination)) return undefined;
  const outInterface = interfaceOf(flow.destination.address);
  return {
    inInterface: interfaceOf(flow.source.address) ?? 'br-iot',
    ...(outInterface === undefined ? {} : { outInterface }),
    source,
    destination,
    protocol: flow.ipProtocol,
    sourcePort: flow.source.port,
    destinationPort: flow.destination.port,
  };
}

function interfaceOf(address: string): string | undefined {
  if (address === ROUTER) return undefined;
  if (address.startsWith('192.168.20.')) return 'br-iot';
  return address.startsWith('192.168.10.') ? 'br-home' : 'wan';
}

function wordsOf({ source, destination, transport, name }: StoredFlow): string {
  const isNear = source.address === CAMERA;
  const peer = isNear ? (name ?? destination.address) : source.address;
  return `${isNear ? 'to' : 'from'} ${peer} ${transport}/${destination.port}`;
}

function networks(...texts: readonly string[]): ReturnType<typeof addressSet> {
  return addressSet(texts.map((text) => parseNetwork(text)).filter((one) => one !== undefined));
}
