import { Gatherer } from '../../src/alerts/gather.ts';
import type { Told } from '../../src/alerts/tell.ts';
import { detectors } from '../../src/detectors/index.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { Observation } from '../../src/model/observation.ts';
import { Scene } from '../detectors/scene.ts';

/** A network for a test with all detectors, and what becomes of what they say. */
export class Watched extends Scene {
  readonly gatherer = new Gatherer();
  readonly notices: Told[] = [];

  constructor(learnUntil: number) {
    super(detectors.all, learnUntil);
  }

  get alerts(): readonly Alert[] {
    return [...this.gatherer.book.all()].map(({ alert }) => alert);
  }

  override see(observation: Observation): void {
    const { deviceOf } = this.monitor.context;
    this.notices.push(...this.gatherer.note(observation, deviceOf).notices);
    super.see(observation);
    this.#gather();
  }

  override tick(at: number): void {
    super.tick(at);
    this.#gather();
    this.notices.push(...this.gatherer.tick(at).notices);
  }

  #gather(): void {
    for (const signal of this.signals.splice(0)) {
      this.notices.push(...this.gatherer.take(signal).notices);
    }
  }
}
