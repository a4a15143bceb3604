import { shortId } from '../base/id.ts';
import type { Instant, Transport } from '../model/core.ts';

/** Milliseconds after a refusal in which a device tries another way. */
const WINDOW = 120_000;
/** Ways of one device that are told apart; what comes later is counted only. */
const WAYS = 1024;
/** Refusals of one device that are looked back at: within the window a device tries a few. */
const RECENT = 64;

/** One try of a device to reach somebody: a packet that a rule stopped, or a flow that passed. */
export interface Attempt {
  readonly at: Instant;
  /** Id in the inventory. */
  readonly device: string;
  /** Address of the other side, and the name by which the device knew it. */
  readonly peer: string;
  readonly name?: string;
  readonly transport: Transport;
  readonly port: number;
  /** Id of a protocol where one was recognised, or `unknown`. */
  readonly protocol: string;
  /** Id of the rule that stopped it; empty where a default did; absent where it passed. */
  readonly stoppedBy?: string;
}

/** One way in which a device tried to do something. */
export interface Way {
  readonly peer: string;
  readonly name?: string;
  readonly transport: Transport;
  readonly port: number;
  readonly protocol: string;
  readonly firstAt: Instant;
  /** How often it was tried, and how often that was stopped. */
  readonly tries: number;
  readonly stopped: number;
}

/**
 * What a device does one way after the other when the first is refused: one decision and not three.
 * To allow the first makes the others needless; to allow none means that it goes on trying.
 */
export interface FallbackGroup {
  /** The same for the same device and first way. */
  readonly id: string;
  readonly device: string;
  readonly first: Way;
  /** In the order in which they first appeared, and after which way each came. */
  readonly others: readonly FallbackWay[];
}

export interface FallbackWay extends Way {
  /** Index of the way after whose refusal it appeared: 0 is the first, 1 the first of the others. */
  readonly after: number;
}

export interface FallbackOptions {
  /** Milliseconds. */
  readonly window?: number;
  /** Whether the device used this way before anything was refused: then it is no fallback. */
  readonly isKnown?: (attempt: Attempt) => boolean;
}

interface Draft extends Omit<Way, 'tries' | 'stopped'> {
  readonly device: string;
  tries: number;
  stopped: number;
  /** Appeared within the window after a refusal of this one, for the same purpose. */
  readonly after: Draft | undefined;
}

/**
 * Groups ways that appear only when others are refused: of ten devices a fifth of the flows did
 * (arXiv 2502.08535). A way is another's fallback when the device had never taken it, takes it within
 * the window after the refusal, and for the same purpose: the same name, the same address or the
 * same protocol on the wire. Attempts come in order of time.
 */
export function fallbacks(
  attempts: Iterable<Attempt>,
  { window = WINDOW, isKnown = () => false }: FallbackOptions = {},
): readonly FallbackGroup[] {
  const devices = new Map<string, Device>();
  for (const attempt of attempts) {
    const device = devices.get(attempt.device) ?? new Device(window, isKnown);
    devices.set(attempt.device, device);
    device.add(attempt);
  }
  return [...devices.values()].flatMap((device) => device.groups());
}

class Device {
  readonly #window: number;
  readonly #isKnown: (attempt: Attempt) => boolean;
  readonly #ways = new Map<string, Draft>();
  /** Latest refusals, oldest first. */
  #refusals: { readonly at: Instant; readonly way: Draft }[] = [];

  constructor(window: number, isKnown: (attempt: Attempt) => boolean) {
    this.#window = window;
    this.#isKnown = isKnown;
  }

  add(attempt: Attempt): void {
    const way = this.#wayOf(attempt);
    if (way === undefined) return;
    way.tries += 1;
    if (attempt.stoppedBy === undefined) return;
    way.stopped += 1;
    this.#refusals = [...this.#refusals, { at: attempt.at, way }].slice(-RECENT);
  }

  groups(): readonly FallbackGroup[] {
    const ways = [...this.#ways.values()];
    return ways
      .filter(({ after }) => after === undefined)
      .map((first) => [first, ...ways.filter((way) => way !== first && rootOf(way) === first)])
      .filter(({ length }) => length > 1)
      .flatMap((chain) => groupOf(chain));
  }

  #wayOf(attempt: Attempt): Draft | undefined {
    const key = keyOf(attempt);
    const known = this.#ways.get(key);
    if (known !== undefined || this.#ways.size >= WAYS) return known;
    const { at: firstAt, device, peer, name, transport, port, protocol } = attempt;
    const way: Draft = {
      device,
      peer,
      ...(name === undefined ? {} : { name }),
      transport,
      port,
      protocol,
      firstAt,
      tries: 0,
      stopped: 0,
      after: this.#isKnown(attempt) ? undefined : this.#refusedBefore(attempt),
    };
    this.#ways.set(key, way);
    return way;
  }

  /** The latest refusal within the window that this could stand in for. */
  #refusedBefore(attempt: Attempt): Draft | undefined {
    return this.#refusals.findLast(
      ({ at, way }) =>
        at <= attempt.at && attempt.at - at <= this.#window && hasSamePurpose(way, attempt),
    )?.way;
  }
}

/** A name stands for its addresses: a service with ten of them is one way, not ten. */
function keyOf({ peer, name, transport, port }: Attempt): string {
  return `${name ?? peer} ${transport}/${port}`;
}

function rootOf(way: Draft): Draft {
  let root = way;
  // A way comes after one that was there before, so this ends.
  while (root.after !== undefined) root = root.after;
  return root;
}

/** Carriers of everything, which make nothing the same. */
const CARRIERS: ReadonlySet<string> = new Set([
  'unknown',
  'tls',
  'dtls',
  'http',
  'quic',
  'websocket',
]);

/** What a refused packet was to say is known by its port only (IANA): for these that is enough. */
const BY_PORT: ReadonlyMap<number, string> = new Map([
  [53, 'dns'],
  [853, 'dns'],
  [123, 'ntp'],
]);

function hasSamePurpose(way: Draft, attempt: Attempt): boolean {
  if (way.peer === attempt.peer) return true;
  if (way.name !== undefined && way.name === attempt.name) return true;
  const purpose = purposeOf(way);
  return purpose !== undefined && purpose === purposeOf(attempt);
}

function purposeOf({ protocol, port }: Pick<Attempt, 'protocol' | 'port'>): string | undefined {
  return CARRIERS.has(protocol) ? BY_PORT.get(port) : protocol;
}

function groupOf(chain: readonly Draft[]): readonly FallbackGroup[] {
  const [first, ...others] = chain;
  if (first === undefined) return [];
  const { device, name, peer, transport, port } = first;
  const [, , hash = ''] = shortId('C', `${device} ${name ?? peer} ${transport}/${port}`, 6)
    .toLowerCase()
    .split('-');
  return [
    {
      id: `fallback-${hash}`,
      device,
      first: plainWay(first),
      others: others.map((way) => ({
        ...plainWay(way),
        after: way.after === undefined ? 0 : chain.indexOf(way.after),
      })),
    },
  ];
}

function plainWay({ peer, name, transport, port, protocol, firstAt, tries, stopped }: Draft): Way {
  const named = name === undefined ? {} : { name };
  return { peer, ...named, transport, port, protocol, firstAt, tries, stopped };
}

/** One question for the whole group. @param endpoint what the policy calls the device */
export function fallbackQuestion({ first, others }: FallbackGroup, endpoint: string): string {
  const start = `${endpoint} was refused ${wayText(first)} ${timesText(first.stopped)}`;
  const then = others.map((way) => {
    const isSame = placeOf(way) === placeOf(first);
    return isSame ? `${way.transport}/${way.port}` : wayText(way);
  });
  const same = others.every((way) => placeOf(way) === placeOf(first)) ? ' of the same' : '';
  return `${start}, and then tried ${then.join(', then ')}${same}: allow the first, so that it needs no other?`;
}

function wayText(way: Way): string {
  return `${way.transport}/${way.port} of ${placeOf(way)}`;
}

function placeOf({ name, peer }: Way): string {
  return name ?? peer;
}

function timesText(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
