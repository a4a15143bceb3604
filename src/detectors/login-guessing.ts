import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Login, Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { deviceAt } from './learned/ends.ts';
import { tell } from './learned/tell.ts';

/** Refused logins without one that succeeded: so many within so many milliseconds. */
const LIMITS: readonly (readonly [count: number, within: number])[] = [
  [5, 60_000],
  [8, 3_600_000],
  [10, 28_800_000],
];
/** Times that are remembered of one pair: what the slowest limit needs. */
const KEPT = 10;
const PAIRS = 4_096;
/** Logins that succeeded after which a pair is one that knows the way: then it takes more. */
const TRUSTED = 3;

export const loginGuessing = {
  id: 'login_guessing',
  title: 'Somebody guesses passwords',
  types: ['brute_force'],
  thresholds: [
    ...LIMITS.map(([count, within]) => `${count} refused logins within ${within / 60_000} minutes`),
  ],
  sources: [
    'MITRE ATT&CK T1110 (brute force)',
    'Zeek detect-bruteforcing: 30 failures of SSH in 30 min, 20 of FTP in 15 min',
    'Slips: 9 of SSH; a slow guesser stays below all of them, so eight hours are looked at',
  ],
  learns: false,
  knownFalse: [
    'a service whose stored password was changed: it knocks at regular times, and succeeded before',
    'a person who mistypes: two or three times',
  ],
  sees: ['login'],
  start: (context): Watch => new LoginGuessing(context),
} as const satisfies Detector;

interface Pair {
  refused: Instant[];
  accepted: number;
  frames: number[];
  /** Until when it stays quiet: the same goes on. */
  toldAt: Instant;
}

class LoginGuessing implements Watch {
  readonly #context: DetectorContext;
  readonly #pairs = new BoundedMap<string, Pair>(PAIRS);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#pairs.size * 400, dropped: this.#pairs.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'login' || observation.outcome === 'tried') return [];
    const client = deviceAt(this.#context, observation.client);
    const server = deviceAt(this.#context, observation.server);
    const pair = this.#pairOf(`${client} ${server} ${observation.protocol}`);
    if (observation.outcome === 'accepted')
      return this.#accepted(pair, observation, client, server);
    pair.refused = [...pair.refused, observation.at].slice(-KEPT * 2);
    if (observation.frame !== undefined)
      pair.frames = [...pair.frames, observation.frame].slice(-16);
    const limit = this.#exceeded(pair, observation.at);
    if (limit === undefined) return [];
    pair.toldAt = observation.at;
    return [this.#tell(observation, client, server, pair, limit)];
  }

  /** After many refusals the right word was found: worse than all guessing. */
  #accepted(pair: Pair, login: Login, client: string, server: string): readonly Signal[] {
    const guesses = pair.refused.filter((at) => login.at - at <= 3_600_000).length;
    pair.accepted += 1;
    pair.refused = [];
    if (guesses < 5) return [];
    return [this.#tell(login, client, server, pair, [guesses, 3_600_000])];
  }

  #exceeded(pair: Pair, at: Instant): Limit | undefined {
    if (at - pair.toldAt < 3_600_000) return undefined;
    const factor = pair.accepted >= TRUSTED ? 2 : 1;
    return LIMITS.find(
      ([count, within]) =>
        pair.refused.filter((when) => at - when <= within && when <= at).length >= count * factor,
    );
  }

  #pairOf(key: string): Pair {
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const pair = { refused: [], accepted: 0, frames: [], toldAt: Number.NEGATIVE_INFINITY };
    this.#pairs.set(key, pair);
    return pair;
  }

  #tell(login: Login, client: string, server: string, pair: Pair, limit: Limit): Signal {
    const { at, protocol, clear, outcome } = login;
    const [count, within] = limit;
    const minutes = Math.round(within / 60_000);
    const isIn = outcome === 'accepted';
    const reasons = [
      `${count} refusals by ${protocol} itself`,
      ...(isIn ? ['then a login succeeded'] : []),
      ...(clear ? ['the passwords can be read on the way'] : []),
    ];
    return tell({
      type: 'brute_force',
      at,
      severity: isIn ? 'critical' : 'high',
      threat: 'unauthorised-access',
      devices: [client, server],
      peer: login.server.address,
      port: login.server.port,
      transport: 'tcp',
      about: `${server} ${protocol}${isIn ? ' in' : ''}`,
      summary: `${client} guesses passwords of ${server} (${protocol}): ${count} were refused within ${minutes} minutes${isIn ? ', then one was right' : ''}`,
      usual:
        pair.accepted > 0
          ? `It logged in ${pair.accepted} times before.`
          : 'It never logged in there.',
      remedy: isIn
        ? `Change the password of ${server}, end its sessions and take ${client} off the network.`
        : `Block ${client} from ${server}, and see that ${server} has a password that cannot be guessed.`,
      reasons,
      facts: { refused: count, 'within minutes': minutes, 'accepted before': pair.accepted },
      frames: pair.frames,
      count,
      ...(protocol === 'ssh' ? { unseen: ['SSH is encrypted: outcomes are told by sizes'] } : {}),
    });
  }
}

type Limit = readonly [count: number, within: number];
