import type { Detector } from '../../src/detectors/detector.ts';
import type { MonitorOptions } from '../../src/detectors/monitor.ts';
import { Monitor } from '../../src/detectors/monitor.ts';
import type { Signal } from '../../src/model/alert.ts';
import type { Endpoint, Flow } from '../../src/model/flow.ts';
import type { Observation } from '../../src/model/observation.ts';

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
/** 2026-03-02, a Monday. */
export const START = Date.UTC(2026, 2, 2);

export const LAMP = { address: '192.168.1.20', mac: '00:17:88:00:00:20' };
export const OTHER_LAMP = { address: '192.168.1.21', mac: '00:17:88:00:00:21' };
export const STORE = { address: '192.168.1.30', mac: '00:11:32:00:00:30' };
export const HUB = { address: '192.168.1.40', mac: 'b8:27:eb:00:00:40' };
/** Outside: whatever comes from there bears the router's MAC. */
export const ROUTER_MAC = '9c:3d:cf:00:00:01';
export const ROUTER = { address: '192.168.1.1', mac: ROUTER_MAC };

export type Host = Omit<Endpoint, 'port'>;

export interface Talk {
  readonly transport?: 'tcp' | 'udp';
  readonly from?: number;
  readonly name?: string;
  readonly sni?: string;
  readonly protocol?: string;
  readonly sent?: number;
  readonly received?: number;
  readonly outcome?: Flow['outcome'];
  readonly lasts?: number;
}

/** A network for a test: what is done on it, in order of time, and what is said about it. */
export class Scene {
  readonly monitor: Monitor;
  readonly signals: Signal[] = [];
  #flow = 0;

  constructor(
    detectors: readonly Detector[],
    learnUntil: number = START + 2 * DAY,
    more: Omit<MonitorOptions, 'detectors' | 'learnUntil'> = {},
  ) {
    this.monitor = new Monitor({ detectors, learnUntil, ...more });
  }

  see(observation: Observation): void {
    this.signals.push(...this.monitor.see(observation));
  }

  tick(at: number): void {
    this.signals.push(...this.monitor.tick(at));
  }

  /** A whole conversation: begun, answered, recognised, ended. */
  talk(at: number, from: Host, to: Host, port: number, talk: Talk = {}): void {
    const { transport = 'tcp', outcome = 'answered', lasts = SECOND, protocol } = talk;
    const { sent = 500, received = 500, name, sni } = talk;
    this.#flow += 1;
    const ends = {
      flow: this.#flow,
      source: { ...from, port: talk.from ?? 40_000 + (this.#flow % 1_000) },
      destination: { ...to, port },
      ipProtocol: transport === 'tcp' ? 6 : 17,
      frame: this.#flow,
    };
    const named = name === undefined ? {} : { name };
    const state = { midway: false, group: false, octets: 0, stateless: false };
    this.see({ kind: 'opened', at, ...ends, ...state, ...named });
    if (outcome !== 'silent') {
      this.see({ kind: 'answered', at: at + 10, ...ends, refused: outcome === 'refused' });
    }
    if (protocol !== undefined) {
      const found = { version: '', over: transport, certainty: 'proved' as const };
      const server = sni === undefined ? {} : { sni };
      this.see({ kind: 'recognised', at: at + 20, ...ends, protocol, ...found, ...server });
    }
    const isAnswered = outcome === 'answered';
    const moved = {
      sent: { packets: 5, bytes: sent },
      received: { packets: isAnswered ? 5 : 0, bytes: isAnswered ? received : 0 },
    };
    const record: Flow = {
      firstSeen: at,
      lastSeen: at + lasts,
      source: ends.source,
      destination: ends.destination,
      transport,
      ipProtocol: ends.ipProtocol,
      ...moved,
      outcome,
      protocol: protocol ?? 'unknown',
      version: '',
      over: 'none',
      certainty: 'proved',
      communityId: '',
      frames: [1, 2],
      lost: 0,
      facts: [],
      ...named,
      ...(sni === undefined ? {} : { sni }),
    };
    this.see({ kind: 'closed', at: at + lasts, flow: this.#flow, record, ...moved });
  }

  /** A question to the resolver, and what came of it. */
  lookup(at: number, from: Host, name: string, rcode = 0): void {
    this.see({
      kind: 'lookup',
      at,
      client: { ...from, port: 40_000 },
      resolver: { ...ROUTER, port: 53 },
      name,
      type: 1,
      rcode,
      addresses: [],
      octets: name.length + 18,
    });
  }

  /** What a lamp does: its maker every five minutes, the time once an hour, and it serves the hub. */
  usual(from: number, until: number): void {
    for (let at = from; at < until; at += 5 * MINUTE) {
      this.talk(at, LAMP, outside(1), 443, { name: 'api.lamp.example', protocol: 'tls' });
      this.talk(at + 2_000, HUB, LAMP, 80, { protocol: 'http' });
      if ((at - START) % HOUR < 5 * MINUTE) {
        this.talk(at + 4_000, LAMP, outside(2), 123, { transport: 'udp', name: '1.pool.example' });
      }
    }
    this.tick(until);
  }
}

export function outside(number: number): Host {
  return { address: `203.0.113.${number}`, mac: ROUTER_MAC };
}
