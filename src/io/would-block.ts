import { ipText } from '../flows/address-text.ts';
import type { Instant } from '../model/core.ts';
import type { Attempt } from '../policy/fallback.ts';
import type { LogPrefix } from '../policy/log-prefix.ts';
import { parseLogPrefix } from '../policy/log-prefix.ts';
import { decode } from '../wire/decode.ts';
import { nflogPrefix } from '../wire/nflog.ts';
import type { Packet } from '../wire/packet.ts';
import { CapturePipe } from './capture/pipe.ts';

/** Group of netfilter's log to which our rulesets write (`log … group 7`). */
export const LOG_GROUP = 7;

const TCP = 6;
const UDP = 17;

/** A packet about which a rule of ours had something to say. */
export interface LoggedPacket extends LogPrefix {
  readonly at: Instant;
  readonly source: string;
  readonly destination: string;
  /** IANA protocol number. */
  readonly protocol: number;
  /** 0 where the protocol has none; of ICMP the type and the code. */
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export interface LogOptions {
  readonly group?: number;
  readonly signal: AbortSignal;
  onPacket(packet: LoggedPacket): void;
  /** From now on nothing is missed. */
  onReady?(): void;
}

/**
 * Reads what our rules log, as it happens, until the signal: netfilter's log through tcpdump, so that
 * no module of ours is in the kernel's way. What others log to the same group is passed over.
 *
 * @throws PortolanError E_MISSING_TOOL, E_NO_PERMISSION, E_NETWORK
 */
export async function readLog({
  group = LOG_GROUP,
  signal,
  onPacket,
  onReady,
}: LogOptions): Promise<void> {
  if (signal.aborted) return;
  const pipe = new CapturePipe('tcpdump', {
    interface: `nflog:${group}`,
    observer: 'nflog',
    filter: '',
    programs: {},
    promiscuous: false,
    direction: 'both',
    count: 0,
    flows: 'none',
    methods: ['tcpdump'],
    write: -1,
  });
  const stop = (): void => pipe.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await pipe.opened();
    onReady?.();
    await pipe.read(
      (packet) => {
        const logged = loggedPacket(packet);
        if (logged !== undefined) onPacket(logged);
        return !signal.aborted;
      },
      () => Promise.resolve(),
    );
  } finally {
    signal.removeEventListener('abort', stop);
    pipe.stop();
  }
}

/** Undefined where it is no IP packet, or not logged by us. */
export function loggedPacket(packet: Packet): LoggedPacket | undefined {
  const prefix = parseLogPrefix(nflogPrefix(packet) ?? '');
  if (prefix === undefined || decode(packet) === 'bad' || packet.family === 0) return undefined;
  const { time, source, destination, protocol, sourcePort, destinationPort } = packet;
  return {
    ...prefix,
    at: Math.floor(time / 1000),
    source: addressAt(packet, source),
    destination: addressAt(packet, destination),
    protocol,
    sourcePort,
    destinationPort,
  };
}

function addressAt({ bytes, family }: Packet, at: number): string {
  return ipText(bytes.subarray(at, at + (family === 4 ? 4 : 16)));
}

/** What turns a logged packet into what `fallbacks` groups. */
export interface AttemptTools {
  /** Id in the inventory of a `BoundDevice.id`. */
  deviceOf(id: string): string | undefined;
  /** By which name a device had asked for an address. */
  nameOf(client: string, address: string): string | undefined;
}

/** Undefined for what is no try of a device to open something by TCP or UDP. */
export function attemptOf(packet: LoggedPacket, tools: AttemptTools): Attempt | undefined {
  const { what, device: id, rule, at, source, destination, protocol, destinationPort } = packet;
  const device = id === undefined ? undefined : tools.deviceOf(id);
  const transport = protocol === TCP ? 'tcp' : protocol === UDP ? 'udp' : undefined;
  if (device === undefined || transport === undefined) return undefined;
  const name = tools.nameOf(source, destination);
  return {
    at,
    device,
    peer: destination,
    ...(name === undefined ? {} : { name }),
    transport,
    port: destinationPort,
    protocol: 'unknown',
    // In trial nothing is stopped, so nothing that follows is a fallback.
    ...(what === 'drop' || what === 'reject' ? { stoppedBy: rule } : {}),
  };
}
