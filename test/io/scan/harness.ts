import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { parseNetwork } from '../../../src/base/address.ts';
import { portsOf } from '../../../src/base/port-set.ts';
import type { Gate } from '../../../src/io/scan/gate.ts';
import type { Limits } from '../../../src/io/scan/limits.ts';
import type { Planner } from '../../../src/io/scan/planner.ts';
import { scan } from '../../../src/io/scan/scan.ts';
import type { Known, ScanPlan, ScanProgress } from '../../../src/io/scan/scan-types.ts';
import { makeScope } from '../../../src/io/scan/scope.ts';
import type { ScanOptions } from '../../../src/io/scan/start.ts';
import { contextOf } from '../../../src/io/scan/start.ts';
import type { Fact, NewEvidence } from '../../../src/model/evidence.ts';
import type { ScanRecord } from '../../../src/model/scan.ts';

/** Impatient: the peers of these tests are on loopback. */
export const QUICK: Partial<Limits> = {
  connect: 300,
  connectFloor: 200,
  banner: 100,
  first: 400,
  firstTried: 150,
  silence: 100,
  handshake: 2000,
  tries: 2500,
  port: 4000,
};

export const ROBUST: Known = { robustness: 'robust', reason: 'test', category: 'general-purpose' };
export const UNKNOWN: Known = { robustness: 'unknown', reason: '', category: 'unknown' };
export const FRAGILE: Known = { robustness: 'fragile', reason: 'test', category: 'industrial' };

export interface Ran {
  readonly record: ScanRecord;
  readonly evidence: readonly NewEvidence[];
  readonly notes: readonly string[];
  readonly progress: readonly ScanProgress[];
  readonly checkpoint: string;
}

export interface RunOptions {
  readonly target: string;
  readonly tcp?: readonly number[];
  readonly udp?: readonly number[];
  readonly known?: Known;
  readonly plan?: Partial<ScanPlan>;
  readonly signal?: AbortSignal;
  readonly limits?: Partial<Limits>;
  random?(): number;
  readonly planner?: Planner;
  readonly gate?: Gate;
  onEvidence?(evidence: readonly NewEvidence[]): void;
}

/** Scans loopback addresses with the real sockets, without looking who is there. */
export async function run(options: RunOptions): Promise<Ran> {
  const range = parseNetwork(options.target);
  if (range === undefined) throw new Error(`no target: ${options.target}`);
  const evidence: NewEvidence[] = [];
  const notes: string[] = [];
  const progress: ScanProgress[] = [];
  let checkpoint = '';
  const plan: ScanPlan = {
    id: 'PTL-S-TEST',
    targets: [range],
    scope: makeScope({ own: [range], wanted: [], exclude: [] }),
    tcp: portsOf(options.tcp ?? []),
    udp: portsOf(options.udp ?? []),
    pace: 'normal',
    assumeUp: true,
    discoverOnly: false,
    read: true,
    ...options.plan,
  };
  const sink: ScanOptions = {
    signal: options.signal ?? new AbortController().signal,
    limits: { ...QUICK, ...options.limits },
    ...(options.gate === undefined ? {} : { gate: options.gate }),
    evidence: (batch) => {
      evidence.push(...batch);
      options.onEvidence?.(batch);
    },
    note: (text) => notes.push(text),
    progress: (state) => progress.push(state),
    checkpoint: (text) => {
      checkpoint = text;
    },
    known: () => options.known ?? ROBUST,
  };
  const context = contextOf(plan, sink);
  const { random = context.random, planner = context.planner } = options;
  const record = await scan(plan, sink, { ...context, random, planner });
  return { record, evidence, notes, progress, checkpoint };
}

/** Facts of one port, by kind. */
export function factsOf(ran: Pick<Ran, 'evidence'>, port: number): readonly Fact[] {
  return ran.evidence.filter(({ subject }) => subject.port === port).map(({ fact }) => fact);
}

export function spoken(ran: Pick<Ran, 'evidence'>, port: number): readonly string[] {
  return ran.evidence.flatMap(({ subject, fact }) =>
    subject.port === port && fact.kind === 'speaks'
      ? [subject.over === undefined ? fact.protocol : `${fact.protocol} over ${subject.over}`]
      : [],
  );
}

export interface Peer {
  readonly port: number;
  /** Connections that were accepted so far. */
  readonly accepted: number;
  /** Bytes that were received, joined. */
  readonly received: Buffer;
  close(): Promise<void>;
}

/** A TCP service on a loopback address that does what `serve` says with each connection. */
export async function peer(
  address: string,
  serve: (socket: Socket, count: number) => void,
  port = 0,
): Promise<Peer> {
  let accepted = 0;
  const pieces: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (piece) => pieces.push(piece));
    serve(socket, accepted);
  });
  await listening(server, address, port);
  const info = server.address();
  return {
    port: isInfo(info) ? info.port : 0,
    get accepted() {
      return accepted;
    },
    get received() {
      return Buffer.concat(pieces);
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function isInfo(info: AddressInfo | string | null): info is AddressInfo {
  return typeof info === 'object' && info !== null;
}

function listening(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve());
  });
}
