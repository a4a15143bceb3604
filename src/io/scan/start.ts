import { randomBytes } from 'node:crypto';
import type { ScanRecord } from '../../model/scan.ts';
import { protocols } from '../../protocols/index.ts';
import { describeBytes } from '../../protocols/shared/upnp-description.ts';
import { discover } from '../discover/discover.ts';
import { links as currentLinks } from '../discover/interfaces.ts';
import { machineFacts } from '../discover/machine.ts';
import { targetsOf } from '../discover/targets.ts';
import { Gateways } from './ask-gateway.ts';
import { SYSTEM_CLOCK } from './clock.ts';
import { fetchDescription } from './fetch-description.ts';
import type { Gate } from './gate.ts';
import { keepHeapLean } from './lean-heap.ts';
import type { Limits } from './limits.ts';
import { LIMITS } from './limits.ts';
import { overallOf } from './pace.ts';
import { PLANNER } from './planner.ts';
import { formatRange } from './ranges.ts';
import { scan } from './scan.ts';
import type { ScanContext } from './scan-job.ts';
import type { ScanPlan, ScanSink } from './scan-types.ts';

export interface ScanOptions extends ScanSink {
  readonly signal: AbortSignal;
  /** Called when the scan begins and when it ends. */
  saved?(record: ScanRecord): void;
  readonly limits?: Partial<Limits>;
  /** Shut while the scan pauses. */
  readonly gate?: Gate;
}

/** Discovery may use what the pace allows, but never more than the default. */
const DISCOVERY_MAX = 250;

/** Runs a scan with the sockets, the clock and the network of this machine. */
export async function startScan(plan: ScanPlan, options: ScanOptions): Promise<ScanRecord> {
  keepHeapLean();
  const from = ownAddresses();
  options.saved?.(begun(plan, from));
  const { guarded, failure } = guard(options);
  const record = await scan(plan, guarded, contextOf(plan, guarded));
  const failed = failure();
  if (failed !== undefined) throw failed.error;
  // IPv6 takes a new address for itself now and then (RFC 8981).
  const sent = { from: [...new Set([...from, ...ownAddresses()])], until: Date.now() };
  const whole = { ...record, sent };
  options.saved?.(whole);
  return whole;
}

function ownAddresses(): readonly string[] {
  return [...new Set(currentLinks().map(({ address }) => address))];
}

interface Failure {
  readonly error: unknown;
}

/**
 * What cannot be stored (a full disk) ends the scan, wherever it is found out: most evidence comes
 * from sockets and timers, where an exception would end the whole process.
 */
function guard(options: ScanOptions): {
  readonly guarded: ScanOptions;
  failure(): Failure | undefined;
} {
  const stop = new AbortController();
  let failed: Failure | undefined;
  const held =
    <Argument>(call: (argument: Argument) => void) =>
    (argument: Argument): void => {
      if (failed !== undefined) return;
      try {
        call(argument);
      } catch (error) {
        failed = { error };
        stop.abort();
      }
    };
  const guarded: ScanOptions = {
    ...options,
    signal: AbortSignal.any([options.signal, stop.signal]),
    evidence: held((evidence) => options.evidence(evidence)),
    checkpoint: held((text) => options.checkpoint(text)),
    progress: held((state) => options.progress(state)),
    note: held((text) => options.note(text)),
  };
  return { guarded, failure: () => failed };
}

/** What a scan needs, from this machine. */
export function contextOf(plan: ScanPlan, options: ScanOptions): ScanContext {
  const links = currentLinks();
  const { signal } = options;
  const nonce = (): Uint8Array => randomBytes(32);
  const now = (): number => Date.now();
  const gateways = new Gateways(plan.scope);
  return {
    signal,
    now,
    nonce,
    random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
    clock: SYSTEM_CLOCK,
    limits: { ...LIMITS, ...options.limits },
    planner: PLANNER,
    ...(options.gate === undefined ? {} : { gate: options.gate }),
    ...(plan.read
      ? { gateway: (url, address, turn) => gateways.askAt(url, address, turn, signal) }
      : {}),
    addresses: function* () {
      for (const { address } of targetsOf(plan.targets, links)) yield address;
    },
    discover: (emit, progress) =>
      discover(
        {
          observer: plan.id,
          targets: plan.targets,
          scope: plan.scope,
          packetsPerSecond: Math.min(overallOf(plan.pace), DISCOVERY_MAX),
        },
        emit,
        {
          signal,
          ...(options.gate === undefined ? {} : { gate: options.gate }),
          machine: machineFacts(),
          protocols: protocols.all,
          links,
          now,
          nonce,
          note: (text) => options.note(text),
          progress,
          descriptions: {
            fetch: (url, from, stop) => fetchDescription(url, from, plan.scope, stop),
            parse: describeBytes,
            ...(plan.read ? { ask: gateways.ask } : {}),
          },
        },
      ),
  };
}

/** What is known of a scan before its first packet: a crash leaves this. */
function begun(plan: ScanPlan, from: readonly string[]): ScanRecord {
  return {
    id: plan.id,
    startedAt: Date.now(),
    targets: plan.targets.map(formatRange),
    tcpPorts: '',
    udpPorts: '',
    pace: plan.pace,
    sent: { from },
    outcome: 'running',
    ...(plan.scope.authorisation === undefined ? {} : { authorisation: plan.scope.authorisation }),
    budget: {
      devices: 0,
      connections: 0,
      datagrams: 0,
      bytesSent: 0,
      bytesReceived: 0,
      maxParallel: 0,
      maxPerSecond: 0,
      maxPerSecondOverall: 0,
    },
    notes: [],
  };
}
