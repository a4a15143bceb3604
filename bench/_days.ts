import { closeSync, openSync, writeSync } from 'node:fs';
import type { Said } from '../test/flows/talk.ts';
import { ACK, FIN, frameOf, RST, SYN } from '../test/flows/talk.ts';

/*
 * Days in the life of a camera, as a router between its network, the home's and the world sees them:
 * the same ones for the same seed. Nothing in them is taken from a real network; names are of RFC
 * 2606, addresses outside of RFC 5737. What comes when is as vendors' devices have it: a broker that
 * is always connected, an interface asked every quarter of an hour, time every hour, recordings to
 * a store at home, a hub that looks in every five minutes, an update that is looked for once a day,
 * and a support service that is called on some days only.
 */

export const CAMERA = '192.168.20.5';
export const ROUTER = '192.168.20.1';
export const NAS = '192.168.10.9';
export const HUB = '192.168.10.3';
export const PHONE = '192.168.10.30';
const CAMERA_MAC = '02:ca:00:00:00:05';
const ROUTER_MAC = '02:ca:00:00:00:01';
const COMMAND = '198.51.100.66';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** Tuesday, 2026-11-24, as seconds. */
const FIRST_DAY = 1_795_478_400;
/** Callers' ports: what is done by malware is known again by its ports, and by nothing else. */
const CALLERS = { own: 40_000, malware: 61_000 } as const;

export interface DayOptions {
  readonly seed: number;
  /** From 0. */
  readonly day: number;
  /** It is switched off and on at nine. */
  readonly boot?: boolean;
  /** From two in the afternoon on malware is in it. */
  readonly infected?: boolean;
}

interface Frame {
  /** Seconds. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** A flow that malware caused: by the port of the caller. */
export function isMalware(port: number): boolean {
  return port >= CALLERS.malware;
}

/** Writes the frames of days as a capture (pcap, microseconds, Ethernet), in order of time. */
export function writeDays(file: string, days: readonly DayOptions[]): void {
  const descriptor = openSync(file, 'w');
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(262_144, 16);
  head.writeUInt32LE(1, 20);
  writeSync(descriptor, head);
  for (const day of days) {
    const frames = new CameraDay(day).frames().toSorted((a, b) => a.at - b.at);
    writeSync(descriptor, Buffer.concat(frames.flatMap(recordOf)));
  }
  closeSync(descriptor);
}

function recordOf({ at, bytes }: Frame): readonly Uint8Array[] {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(Math.floor(at), 0);
  head.writeUInt32LE(Math.floor((at % 1) * 1e6), 4);
  head.writeUInt32LE(bytes.length, 8);
  head.writeUInt32LE(bytes.length, 12);
  return [head, bytes];
}

/** xorshift32: the same numbers everywhere. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed + 1, 0x9e3779b9) ^ 0x5bd1e995) | 1;
    for (let warm = 0; warm < 8; warm += 1) this.below(2);
  }

  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % limit;
  }
}

/** The vendor's services; each stands for a pool of addresses of which an answer names two. */
const SERVICES = [
  'mq.vendor.example',
  'api.vendor.example',
  'time.vendor.example',
  'fota.vendor.example',
  'support.vendor.example',
  'badcdn.example',
] as const;
type Service = (typeof SERVICES)[number];
const POOL = 16;
const TTL = 120;

class CameraDay {
  readonly #frames: Frame[] = [];
  readonly #dice: Dice;
  readonly #start: number;
  readonly #options: DayOptions;
  readonly #cache = new Map<string, { readonly address: string; readonly until: number }>();
  #port = 0;

  constructor(options: DayOptions) {
    this.#options = options;
    this.#dice = new Dice(options.seed * 1000 + options.day);
    this.#start = FIRST_DAY + options.day * DAY;
    // Each day begins elsewhere in the callers' ports, so that no flow is taken for an older one.
    this.#port = this.#dice.below(10_000);
  }

  frames(): readonly Frame[] {
    if (this.#options.boot === true) this.#boot(9 * HOUR);
    this.#broker();
    this.#each(15 * MINUTE, (at) => this.#call(at, 'api.vendor.example', 443, 'tcp'));
    this.#each(HOUR, (at) => this.#call(at, 'time.vendor.example', 123, 'udp'));
    this.#each(30 * MINUTE, (at) => this.#tcp(at, NAS, 2049, { answer: 200 }));
    this.#each(5 * MINUTE, (at) => this.#tcp(at, CAMERA, 554, { from: HUB }));
    this.#each(4 * HOUR, (at) => this.#tcp(at, CAMERA, 443, { from: PHONE }));
    this.#each(10 * MINUTE, (at) => this.#announce(at));
    this.#call(3 * HOUR + this.#dice.below(HOUR), 'fota.vendor.example', 443, 'tcp');
    if (this.#options.day % 3 === 1) this.#call(20 * HOUR, 'support.vendor.example', 443, 'tcp');
    if (this.#options.infected === true) this.#malware(14 * HOUR);
    return this.#frames;
  }

  /** One connection that lasts for hours, with a sign of life a minute; at midnight it is open. */
  #broker(): void {
    let at = 0;
    this.#keepAlive(0, (2 + this.#dice.below(60)) * MINUTE, false);
    at = 62 * MINUTE;
    while (at < DAY - HOUR) {
      const length = (2 + this.#dice.below(4)) * HOUR;
      this.#keepAlive(at, Math.min(length, DAY - at), true);
      at += length + 5;
    }
  }

  #keepAlive(from: number, length: number, opens: boolean): void {
    const server = opens
      ? this.#ask(from, 'mq.vendor.example')
      : poolAddress('mq.vendor.example', 0);
    const port = this.#nextPort(CALLERS.own);
    const ends = { from: `${CAMERA}:${port}`, to: `${server}:8883` };
    if (opens) this.#handshake(from + 0.1, ends.from, ends.to);
    for (let at = 1; at < length; at += MINUTE) {
      this.#say({ at: from + at, ...ends, tcp: 'ping', sequence: 1 + (at / MINUTE) * 4 });
      this.#say({ at: from + at + 0.03, from: ends.to, to: ends.from, tcp: 'pong', sequence: 1 });
    }
  }

  #each(distance: number, act: (at: number) => void): void {
    for (let at = this.#dice.below(distance); at < DAY - MINUTE; at += distance) {
      act(at + this.#dice.below(MINUTE / 2));
    }
  }

  #call(at: number, service: Service, port: number, transport: 'tcp' | 'udp'): void {
    const server = this.#ask(at, service);
    if (transport === 'tcp') this.#tcp(at + 0.1, server, port, { answer: 400 });
    else this.#udp(at + 0.1, `${server}:${port}`, 'time?', 'time!');
  }

  /** Asks the router, unless the last answer is still good. */
  #ask(at: number, name: string, service?: Service): string {
    const known = this.#cache.get(name);
    if (known !== undefined && known.until > at) return known.address;
    const pool = service ?? SERVICES.find((one) => one === name) ?? 'badcdn.example';
    const addresses = [0, 1].map(() => poolAddress(pool, this.#dice.below(POOL)));
    this.#udp(at, `${ROUTER}:53`, dnsQuestion(name), dnsAnswer(name, addresses));
    const [address = ''] = addresses;
    this.#cache.set(name, { address, until: at + TTL });
    return address;
  }

  #tcp(
    at: number,
    to: string,
    port: number,
    { from = CAMERA, answer = 40, ports = CALLERS.own }: Partial<Talk> = {},
  ): void {
    const [client, server] = [`${from}:${this.#nextPort(ports)}`, `${to}:${port}`];
    this.#handshake(at, client, server);
    this.#say({ at: at + 0.1, from: client, to: server, tcp: 'question', sequence: 1 });
    this.#say({ at: at + 0.2, from: server, to: client, tcp: 'a'.repeat(answer), sequence: 1 });
    this.#say({ at: at + 0.3, from: client, to: server, flags: FIN | ACK, sequence: 9 });
    this.#say({ at: at + 0.4, from: server, to: client, flags: FIN | ACK, sequence: 1 + answer });
  }

  /** One SYN, and what comes back. */
  #knock(at: number, to: string, port: number, comes: 'reset' | 'nothing' | 'open'): void {
    if (comes === 'open') {
      this.#tcp(at, to, port, { ports: CALLERS.malware });
      return;
    }
    const [client, server] = [`${CAMERA}:${this.#nextPort(CALLERS.malware)}`, `${to}:${port}`];
    this.#say({ at, from: client, to: server, flags: SYN, sequence: 0 });
    if (comes === 'nothing') return;
    this.#say({ at: at + 0.01, from: server, to: client, flags: RST | ACK, acknowledgement: 1 });
  }

  #udp(at: number, to: string, question: string | Uint8Array, answer: string | Uint8Array): void {
    const from = `${CAMERA}:${this.#nextPort(CALLERS.own)}`;
    this.#say({ at, from, to, udp: question });
    this.#say({ at: at + 0.02, from: to, to: from, udp: answer });
  }

  #announce(at: number): void {
    this.#say({ at, from: `${CAMERA}:5353`, to: '224.0.0.251:5353', udp: 'here' });
  }

  /** RFC 2131 §4.1: from no address to everybody. */
  #boot(at: number): void {
    this.#say({ at, from: '0.0.0.0:68', to: '255.255.255.255:67', udp: 'discover' });
    this.#cache.clear();
    for (const name of SERVICES.slice(0, 2))
      this.#call(at + 5, name, name.startsWith('mq') ? 8883 : 443, 'tcp');
  }

  /** A search through the home, one through the store's ports, and who gives the orders. */
  #malware(at: number): void {
    for (let host = 1; host < 255; host += 1) {
      const comes = host === 9 ? 'open' : host % 5 === 0 ? 'reset' : 'nothing';
      for (const port of [23, 2323]) this.#knock(at + host / 10, `192.168.10.${host}`, port, comes);
    }
    for (let port = 1; port <= 1000; port += 1) {
      this.#knock(at + 60 + port / 50, NAS, port, [22, 445].includes(port) ? 'open' : 'reset');
    }
    this.#orders(at);
  }

  /** By a bare address, by that on the broker's port, by names that change; and from host to host. */
  #orders(at: number): void {
    for (let beacon = 0; beacon < 60; beacon += 1) {
      const when = at + 120 + beacon * 5 * MINUTE;
      this.#tcp(when, COMMAND, 443, { ports: CALLERS.malware });
      this.#tcp(when + 1, COMMAND, 8883, { ports: CALLERS.malware });
      const named = this.#ask(when + 2, `x${beacon}.badcdn.example`, 'badcdn.example');
      this.#tcp(when + 3, named, 443, { ports: CALLERS.malware });
      this.#tcp(when + 4, HUB, 22, { ports: CALLERS.malware });
    }
  }

  #handshake(at: number, client: string, server: string): void {
    this.#say({ at, from: client, to: server, flags: SYN, sequence: 0 });
    const [flags, acknowledgement] = [SYN | ACK, 1];
    this.#say({ at: at + 0.01, from: server, to: client, flags, sequence: 0, acknowledgement });
    this.#say({
      at: at + 0.02,
      from: client,
      to: server,
      flags: ACK,
      sequence: 1,
      acknowledgement,
    });
  }

  #nextPort(first: number): number {
    this.#port = (this.#port + 1) % 20_000;
    return first + (first === CALLERS.malware ? this.#port % 4000 : this.#port);
  }

  #say(said: Said & { readonly at: number }): void {
    const isOurs = said.from.startsWith(`${CAMERA}:`) || said.from.startsWith('0.0.0.0:');
    const macs = isOurs ? ([CAMERA_MAC, ROUTER_MAC] as const) : ([ROUTER_MAC, CAMERA_MAC] as const);
    const at = this.#start + said.at;
    this.#frames.push({ at, bytes: frameOf({ ...said, at, macs, hops: hopsFrom(said.from) }) });
  }
}

interface Talk {
  readonly from: string;
  /** Octets. */
  readonly answer: number;
  readonly ports: number;
}

/** What is left of 64 after the routers on the way. */
function hopsFrom(end: string): number {
  if (end.startsWith('192.168.10.')) return 63;
  return end.startsWith('203.') || end.startsWith('198.') ? 52 : 64;
}

function poolAddress(service: Service, index: number): string {
  return `203.0.113.${SERVICES.indexOf(service) * POOL + index}`;
}

function dnsQuestion(name: string): Buffer {
  return Buffer.concat([Buffer.from('00010100000100000000'.padEnd(24, '0'), 'hex'), asked(name)]);
}

function dnsAnswer(name: string, addresses: readonly string[]): Buffer {
  const head = Buffer.from('000181800001000000000000', 'hex');
  head.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) => {
    // A pointer to the question, type A, class IN.
    const record = Buffer.from('c00c00010001000000000004', 'hex');
    record.writeUInt32BE(TTL, 6);
    return Buffer.concat([record, Buffer.from(address.split('.').map(Number))]);
  });
  return Buffer.concat([head, asked(name), ...records]);
}

function asked(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.from(String.fromCharCode(label.length) + label));
  return Buffer.concat([...labels, Buffer.of(0, 0, 1, 0, 1)]);
}
