import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoundPolicy } from '../../src/model/bound-policy.ts';
import type { Outcome } from '../../src/policy/simulate/simulator.ts';
import { Simulator } from '../../src/policy/simulate/simulator.ts';
import type { Artefact, Target } from '../../src/targets/target.ts';
import { compile } from '../../src/targets/target.ts';
import { differenceOf } from './compare.ts';
import type { Probe } from './packets.ts';
import { answerTo, errorAbout, randomProbe, simulated } from './packets.ts';
import type { Feature } from './policies.ts';
import { randomPolicy } from './policies.ts';
import { Random } from './random.ts';
import { ROUTER } from './site.ts';
import { Space } from './space.ts';
import type { Fate } from './wave.ts';
import { fatesOf } from './wave.ts';

export interface KernelLabOptions {
  readonly target: Target;
  readonly seed: number;
  /** About so many in all; each policy gets a share of them. */
  readonly packets: number;
  readonly policies?: number;
  /** Rules of each list; a policy has three times as many. */
  readonly rules?: number;
  readonly without?: readonly Feature[];
  /** Instead of random ones. */
  readonly policy?: BoundPolicy;
  /** Changes what is loaded, to see whether that is found. */
  readonly tamper?: (file: string) => string;
  readonly keep?: (policy: BoundPolicy, artefact: Artefact) => void;
}

export interface KernelDifference {
  readonly policySeed: number;
  readonly wave: string;
  readonly probe: Probe;
  readonly expected: Outcome;
  readonly observed: Fate | undefined;
  /** In a sentence. */
  readonly what: string;
}

export interface KernelReport {
  readonly packets: number;
  readonly policies: number;
  readonly differences: readonly KernelDifference[];
  /** Of packets by state and verdict, so that one sees what was tried. */
  readonly tried: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/**
 * Random policies in the real kernel, random packets through it, and what became of each compared
 * with what the simulator says.
 *
 * @throws NoVerdict where the lab itself cannot tell
 */
export function kernelLab(options: KernelLabOptions): KernelReport {
  const begun = performance.now();
  const { seed, packets, policies = 8 } = options;
  const space = new Space();
  const folder = mkdtempSync(join(tmpdir(), 'portolan-kernel-'));
  const run = new Run(options, space, folder);
  try {
    for (let index = 0; index < policies; index += 1) {
      run.policy(seed * 1000 + index, Math.ceil(packets / policies));
    }
  } finally {
    space.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = (performance.now() - begun) / 1000;
  const { sent, differences, tried } = run;
  return { packets: sent, policies, differences, tried: Object.fromEntries(tried), seconds };
}

class Run {
  readonly differences: KernelDifference[] = [];
  readonly tried = new Map<string, number>();
  sent = 0;
  readonly #options: KernelLabOptions;
  readonly #space: Space;
  readonly #folder: string;
  #id = 0;

  constructor(options: KernelLabOptions, space: Space, folder: string) {
    this.#options = options;
    this.#space = space;
    this.#folder = folder;
  }

  policy(policySeed: number, packets: number): void {
    const { target, rules = 30, without = [], policy: given, keep } = this.#options;
    const random = new Random(policySeed);
    const policy = given ?? randomPolicy(random, rules, new Set(without));
    const artefact = compile(target, policy);
    keep?.(policy, artefact);
    this.#command(artefact, artefact.apply);
    this.#space.flush();
    const simulator = new Simulator(policy, ROUTER);
    this.#waves({ policySeed, policy }, random, simulator, packets);
    this.#command(artefact, artefact.remove);
  }

  /** New ones; answers to those that passed; errors about them; the first again. */
  #waves(
    { policySeed, policy }: { policySeed: number; policy: BoundPolicy },
    random: Random,
    simulator: Simulator,
    packets: number,
  ): void {
    // What was dropped stays counted for a while; and the router itself answers a ping.
    const counting = new Set(
      [...policy.egress, ...policy.ingress]
        .filter(({ connections }) => connections !== undefined)
        .map(({ id }) => id),
    );
    const isFree = (outcome: Outcome | undefined): boolean =>
      outcome?.decision.rules.every((id) => !counting.has(id)) === true &&
      (outcome.leaves === undefined || outcome.leaves.outInterface !== undefined);
    const count = Math.ceil(packets / 2);
    const first = Array.from({ length: count }, () => randomProbe(random, this.#nextId()));
    const outcomes = this.#wave({ policySeed, name: 'new' }, simulator, first);
    const passed = first.flatMap((probe) => {
      const left = outcomes.get(probe.id)?.leaves;
      return left !== undefined && outcomes.get(probe.id)?.state === 'new' ? [{ probe, left }] : [];
    });
    const answered = passed.filter(() => random.chance(60));
    const answers = answered.flatMap(
      ({ left, probe }) => answerTo(left, probe, this.#nextId()) ?? [],
    );
    this.#wave({ policySeed, name: 'answer' }, simulator, answers);
    const errors = passed
      .filter(() => random.chance(40))
      .flatMap(({ left }) => errorAbout(random, left, this.#nextId()) ?? []);
    this.#wave({ policySeed, name: 'error' }, simulator, errors);
    const again = first
      .filter(({ protocol, id }) => protocol !== 6 && random.chance(20) && isFree(outcomes.get(id)))
      .map((probe) => ({ ...probe, id: this.#nextId() }));
    this.#wave({ policySeed, name: 'again' }, simulator, again);
  }

  #wave(
    { policySeed, name }: { policySeed: number; name: string },
    simulator: Simulator,
    probes: readonly Probe[],
  ): ReadonlyMap<number, Outcome> {
    const at = Date.now();
    const outcomes = new Map(
      probes.map((probe) => [probe.id, simulator.packet(simulated(probe, at))] as const),
    );
    const fates = fatesOf(this.#space, probes);
    this.sent += probes.length;
    for (const probe of probes) {
      const expected = outcomes.get(probe.id);
      if (expected === undefined) continue;
      const key = `${expected.state} ${expected.decision.verdict}`;
      this.tried.set(key, (this.tried.get(key) ?? 0) + 1);
      const observed = fates.get(probe.id);
      const what = differenceOf(probe, expected, observed);
      if (what === undefined) continue;
      this.differences.push({ policySeed, wave: name, probe, expected, observed, what });
    }
    return outcomes;
  }

  #nextId(): number {
    this.#id += 1;
    return this.#id;
  }

  #command(artefact: Artefact, commands: readonly (readonly string[])[]): void {
    const { tamper = (text: string) => text } = this.#options;
    for (const { name, text } of artefact.files) {
      writeFileSync(join(this.#folder, name), tamper(text));
    }
    this.#space.inRouter(() => {
      for (const command of commands) {
        this.#space.run(
          command.map((word) =>
            word.replace(/\{([\w.-]+)\}/g, (_, name) => join(this.#folder, name)),
          ),
        );
      }
    });
  }
}
