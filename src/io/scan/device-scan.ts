import { eachPort, formatPorts, portsOf } from '../../base/port-set.ts';
import { reveal, untrusted } from '../../base/untrusted.ts';
import type { Certainty, Transport } from '../../model/core.ts';
import type { Fact, NewEvidence } from '../../model/evidence.ts';
import type { Done } from './checkpoint.ts';
import { without } from './checkpoint.ts';
import { Door } from './door.ts';
import { identifyTcp } from './identify-tcp.ts';
import { identifyUdp } from './identify-udp.ts';
import type { Lane } from './pace.ts';
import { isRaised } from './pace.ts';
import type { Job } from './scan-job.ts';
import type { Statement } from './statement.ts';
import { evidenceOf } from './statement.ts';
import type { Stream } from './stream.ts';
import type { Talker } from './talk.ts';
import { SAMPLE, samplePorts, TarpitWatch } from './tarpit.ts';
import type { Treatment } from './treatment.ts';
import { TELLING_PORTS, treatmentOf } from './treatment.ts';

export interface Device {
  readonly address: string;
  readonly mac?: string;
  /** Discovery saw it; else it is only an address. */
  readonly isSeen: boolean;
}

/** Ports of a device over UDP that are asked at once: a question is one datagram, then silence. */
const UDP_WORKERS = 4;
/** Where no more ports than this were silent, they are asked once more: a packet may have been lost. */
const RETRY_CAP = 4;
/** UPnP's type of a router, without its version. */
const GATEWAY = ':InternetGatewayDevice:';

/** Asks one device, port by port, as it can bear it. */
export class DeviceScan {
  readonly #job: Job;
  readonly #device: Device;
  readonly #lane: Lane;
  readonly #door: Door;
  readonly #talker: Talker;
  readonly #tarpit = new TarpitWatch();
  readonly #open = { tcp: new Set<number>(), udp: new Set<number>() };
  readonly #closed: Record<Transport, number[]> = { tcp: [], udp: [] };
  readonly #silent: Record<Transport, number[]> = { tcp: [], udp: [] };
  /** Opens that are looked at once it is clear that not everything is open. */
  readonly #deferred: number[] = [];
  readonly #before: Done;
  #treatment: Treatment;
  #deciding: Promise<void> | undefined;
  #unasked = 0;
  #isPresent: boolean;

  constructor(device: Device, job: Job) {
    const { plan, sink, context, budget, sockets, checkpoint } = job;
    const { address } = device;
    this.#job = job;
    this.#device = device;
    this.#isPresent = device.isSeen;
    this.#lane = budget.lane();
    const { limits, clock, signal, planner } = context;
    const { scope } = plan;
    this.#door = new Door({ address, scope, lane: this.#lane, sockets, limits, clock, signal });
    this.#treatment = treatmentOf(sink.known(address), this.#open.tcp);
    this.#before = checkpoint.done(address);
    checkpoint.begin(address, () => this.#done());
    this.#talker = {
      address,
      door: this.#door,
      limits,
      planner,
      read: plan.read,
      treatment: () => this.#treatment,
      hints: (port, transport) => sink.hints?.(address, port, transport) ?? [],
      nonce: () => context.nonce(),
    };
  }

  /**
   * Ends by itself, in distress or when aborted; what was found is said in each case.
   *
   * @returns whether it was asked all there was to ask: one in distress was not
   */
  async run(): Promise<boolean> {
    this.#treat();
    const { plan } = this.#job;
    try {
      await this.#askTcp(ordered(without(eachPort(plan.tcp), this.#before.tcp)));
      await this.#identifyDeferred();
      await this.#retry();
      await this.#askUdp(without(eachPort(plan.udp), this.#before.udp));
    } catch (reason) {
      if (!this.#job.context.signal.aborted) throw reason;
    } finally {
      this.#conclude();
    }
    return this.#door.distress === undefined;
  }

  async #askTcp(ports: readonly number[]): Promise<void> {
    const queue = ports.values();
    const workers: Promise<void>[] = [];
    let active = 0;
    // As many as the device is known to bear, which may change with what it says.
    const grow = (): void => {
      while (active < this.#lane.parallel && workers.length <= ports.length) {
        active += 1;
        workers.push(work());
      }
    };
    const work = async (): Promise<void> => {
      for (const port of queue) {
        if (this.#isOver) break;
        await this.#visit(port);
        if (active > this.#lane.parallel) break;
        grow();
      }
      active -= 1;
    };
    grow();
    for (const worker of workers) await worker;
  }

  get #isOver(): boolean {
    return this.#door.isShut || this.#tarpit.isTarpit;
  }

  async #visit(port: number): Promise<void> {
    this.#job.counters.current = `${this.#device.address} tcp/${port}`;
    const opened = await this.#door.open(port);
    this.#job.counters.done += 1;
    if (opened.kind === 'unasked') {
      this.#unasked += 1;
      return;
    }
    this.#tarpit.asked(opened.kind === 'open');
    if (opened.kind === 'closed' || opened.kind === 'silent') {
      this.#swept('tcp', port, opened.kind);
      return;
    }
    this.#present();
    this.#open.tcp.add(port);
    this.#treat();
    if (opened.kind === 'reset') {
      this.#sayReset(port);
      return;
    }
    if (this.#deciding !== undefined || this.#tarpit.isSuspicious) {
      opened.stream.close();
      this.#deferred.push(port);
      await this.#decide();
      return;
    }
    await this.#identify(opened.stream, port);
  }

  #sayReset(port: number): void {
    const value = untrusted('accepts and resets at once');
    const behaviour: Fact = { kind: 'detail', name: 'behaviour', value };
    this.#job.counters.services += 1;
    this.#say([{ kind: 'open' }, behaviour], 'proved', { transport: 'tcp', port });
  }

  /** A few random high ports tell whether everything is open; all workers wait for them. */
  async #decide(): Promise<void> {
    if (!this.#tarpit.isSuspicious) return;
    this.#deciding ??= this.#sample();
    await this.#deciding;
    this.#deciding = undefined;
  }

  async #sample(): Promise<void> {
    let open = 0;
    for (const port of samplePorts(() => this.#job.context.random())) {
      if (this.#door.isShut) return;
      const opened = await this.#door.open(port);
      // One that is not open decides it.
      if (opened.kind !== 'open') break;
      opened.stream.close();
      open += 1;
    }
    this.#tarpit.decide(open);
  }

  async #identifyDeferred(): Promise<void> {
    if (this.#isOver) return;
    for (const port of this.#deferred.splice(0)) {
      if (this.#isOver) return;
      const opened = await this.#door.open(port);
      if (opened.kind === 'open') await this.#identify(opened.stream, port);
    }
  }

  async #identify(stream: Stream, port: number): Promise<void> {
    this.#job.counters.services += 1;
    this.#say([{ kind: 'open' }], 'proved', { transport: 'tcp', port });
    this.#tell(await identifyTcp(stream, port, this.#talker), 'tcp', port);
  }

  /** A packet may have been lost; where most ports are silent a firewall is the likelier reason. */
  async #retry(): Promise<void> {
    const silent = this.#silent.tcp;
    const asked = silent.length + this.#closed.tcp.length + this.#open.tcp.size;
    if (!this.#door.hasAnswered || silent.length > Math.max(RETRY_CAP, asked / 10)) return;
    await this.#askTcp(silent.splice(0));
  }

  async #askUdp(ports: readonly number[]): Promise<void> {
    const queue = ports.values();
    const work = async (): Promise<void> => {
      for (const port of queue) {
        if (this.#isOver) return;
        this.#job.counters.current = `${this.#device.address} udp/${port}`;
        const { state, statements } = await identifyUdp(port, this.#talker);
        this.#job.counters.done += 1;
        if (state === 'closed' || state === 'silent') this.#swept('udp', port, state);
        if (state === 'open') await this.#foundUdp(port, statements);
      }
    };
    const count = this.#treatment.robustness === 'fragile' ? 1 : UDP_WORKERS;
    await Promise.all(Array.from({ length: count }, work));
  }

  async #foundUdp(port: number, statements: readonly Statement[]): Promise<void> {
    this.#open.udp.add(port);
    this.#present();
    this.#job.counters.services += 1;
    this.#say([{ kind: 'open' }], 'proved', { transport: 'udp', port });
    this.#tell(statements, 'udp', port);
    for (const url of locationsIn(statements)) await this.#askGateway(url);
  }

  /** What it says where it points to: where no search went (loopback, behind a router) this is the way. */
  async #askGateway(location: string): Promise<void> {
    const { context } = this.#job;
    const turn = (): Promise<void> => this.#door.turn();
    if (context.gateway === undefined || this.#treatment.robustness === 'fragile') return;
    this.#say(await context.gateway(location, this.#device.address, turn), 'likely');
  }

  #swept(transport: Transport, port: number, state: 'closed' | 'silent'): void {
    (state === 'closed' ? this.#closed : this.#silent)[transport].push(port);
    if (state === 'closed') this.#present();
  }

  /** Who was not discovered shows by its first answer that it is there. */
  #present(): void {
    if (this.#isPresent) return;
    this.#isPresent = true;
    this.#say([{ kind: 'present', via: 'tcp' }], 'proved');
  }

  #tell(statements: readonly Statement[], transport: Transport, port: number): void {
    for (const statement of statements) {
      this.#emit(evidenceOf(statement, { ...this.#about(), transport, port }));
    }
  }

  #say(
    facts: readonly Fact[],
    certainty: Certainty,
    where: { transport: Transport; port: number } | object = {},
  ): void {
    const { at, observer, address, mac } = this.#about();
    const subject = { address, ...(mac === undefined ? {} : { mac }), ...where };
    this.#emit(facts.map((fact) => ({ at, source: 'active', observer, subject, certainty, fact })));
  }

  #about(): { at: number; observer: string; address: string; mac?: string } {
    const { address, mac } = this.#device;
    const at = this.#job.context.now();
    return { at, observer: this.#job.plan.id, address, ...(mac === undefined ? {} : { mac }) };
  }

  #emit(evidence: readonly NewEvidence[]): void {
    if (evidence.length === 0) return;
    this.#job.sink.evidence(evidence);
    this.#treat();
  }

  #treat(): void {
    this.#treatment = treatmentOf(this.#job.sink.known(this.#device.address), this.#open.tcp);
    this.#lane.treatAs(this.#treatment.robustness);
  }

  #conclude(): void {
    const { address } = this.#device;
    const { note, plan } = this.#job;
    if (this.#tarpit.isTarpit) {
      this.#say([{ kind: 'tarpit', ports: this.#tarpit.open }], 'proved', {});
      note(
        `${address} answers alike on every port (${SAMPLE} random ones too): its services were not listed`,
      );
    }
    for (const transport of ['tcp', 'udp'] as const) this.#saySwept(transport);
    this.#sayUnasked();
    for (const port of this.#door.lost) {
      note(
        `${address} stopped answering on tcp/${port} while it was asked; that port was left alone`,
      );
    }
    if (this.#door.distress !== undefined) {
      this.#say([{ kind: 'distress', after: this.#door.distress }], 'proved');
      note(
        `${address} stopped answering after ${this.#door.distress}: we may have done this; it was left alone from then on`,
      );
    }
    if (isRaised(plan.pace) && this.#treatment.robustness !== 'robust' && this.#isPresent) {
      note(`Pace ${plan.pace} is for devices known to bear it: the others were asked politely`);
    }
  }

  /** What an abort leaves is not counted: the next run goes on with it. */
  #sayUnasked(): void {
    const { note, counters, context } = this.#job;
    if (context.signal.aborted) return;
    const { cutOff } = this.#door;
    if (this.#door.distress !== undefined) counters.unasked += 1;
    if (cutOff !== undefined && this.#isPresent) {
      counters.unasked += 1;
      note(
        `No way to ${this.#device.address} any more (${cutOff}): its other ports were not asked`,
      );
    }
    if (this.#unasked === 0) return;
    counters.unasked += this.#unasked;
    if (this.#door.isExhausted) {
      note(
        `${this.#device.address}: ${this.#unasked} ports were not asked, since this machine had no socket left`,
      );
    }
  }

  #saySwept(transport: Transport): void {
    const [closed, silent] = [this.#closed[transport], this.#silent[transport]];
    if (!this.#isPresent || closed.length + silent.length === 0) return;
    this.#say(
      [
        {
          kind: 'swept',
          transport,
          closed: formatPorts(portsOf(closed)),
          silent: formatPorts(portsOf(silent)),
        },
      ],
      'proved',
    );
  }

  #done(): Done {
    const of = (transport: Transport): Done['tcp'] =>
      portsOf([
        ...eachPort(this.#before[transport]),
        ...this.#closed[transport],
        ...this.#silent[transport],
        ...[...this.#open[transport]].filter((port) => !this.#deferred.includes(port)),
      ]);
    return { tcp: of('tcp'), udp: of('udp') };
  }
}

/** Where a device that answered SSDP says that it describes itself, if it is a gateway. */
function locationsIn(statements: readonly Statement[]): readonly string[] {
  const details = statements.flatMap(({ facts }) =>
    facts.flatMap((fact) =>
      fact.kind === 'detail' ? [{ name: fact.name, text: reveal(fact.value) }] : [],
    ),
  );
  const isGateway = details.some(({ name, text }) => name === 'st' && text.includes(GATEWAY));
  if (!isGateway) return [];
  return details.filter(({ name }) => name === 'location').map(({ text }) => text);
}

/** What tells how a device must be treated first, then ascending. */
function ordered(ports: readonly number[]): readonly number[] {
  const asked = new Set(ports);
  const telling = TELLING_PORTS.filter((port) => asked.has(port));
  const first = new Set(telling);
  return [...telling, ...ports.filter((port) => !first.has(port))];
}
