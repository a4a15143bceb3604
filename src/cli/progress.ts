import type { ScanProgress } from '../io/scan/scan-types.ts';
import type { Evidence } from '../model/evidence.ts';
import { count } from './format.ts';
import type { Shell } from './shell.ts';
import { StatusLine } from './terminal.ts';

const PHASES: Readonly<Record<ScanProgress['phase'], string>> = {
  discover: 'looking for devices',
  ports: 'asking ports',
  identify: 'identifying',
  done: 'done',
};

/** What a scan says while it runs: one line with what is done, what is left and how long it takes. */
export class Progress {
  readonly #shell: Shell;
  readonly #line: StatusLine;
  readonly #startedAt: number;
  readonly #seen = new Set<string>();
  #isTalking: boolean;
  #text = '';
  #percent = 0;
  #phase: ScanProgress['phase'] | undefined;
  /** Phases take their own time. */
  #phaseAt = 0;

  constructor(shell: Shell) {
    this.#shell = shell;
    this.#line = new StatusLine(shell);
    this.#startedAt = shell.now();
    this.#isTalking = shell.verbose;
  }

  show(state: ScanProgress): void {
    const now = this.#shell.now();
    const elapsed = now - this.#startedAt;
    if (state.phase !== this.#phase) this.#phaseAt = now;
    this.#phase = state.phase;
    const share = state.total === 0 ? 0 : Math.min(1, state.done / state.total);
    const left =
      share > 0.02 && share < 1
        ? `, about ${clock(((now - this.#phaseAt) / share) * (1 - share))} left`
        : '';
    const found = `${count(state.devices, 'device')}, ${count(state.services, 'service')}`;
    const text = `${clock(elapsed)}  ${found}  ${PHASES[state.phase]} ${state.done}/${state.total}${left}  ${state.current}`;
    this.#text = text.trimEnd();
    this.#percent = share * 100;
    this.#line.show(this.#text, this.#percent, state.phase);
  }

  /** One line of how far it is that stays. */
  sayStatus(): void {
    this.note(this.#text === '' ? 'beginning' : this.#text);
    this.#line.show(this.#text, this.#percent, this.#phase);
  }

  /** From now on with, or without, each address and port as it is found. */
  talk(isWanted: boolean): void {
    this.#isTalking = isWanted;
    this.note(isWanted ? 'Telling each port as it is found' : 'Telling ports at the end only');
  }

  pause(isPaused: boolean): void {
    this.note(
      isPaused
        ? 'Paused: nothing more is sent but the rest of what is under way; p goes on'
        : 'Going on',
    );
  }

  /** With `--verbose` each new address and port as it is found. */
  found(evidence: readonly Evidence[]): void {
    if (!this.#isTalking) return;
    for (const { subject, fact } of evidence) {
      if (fact.kind !== 'speaks' && fact.kind !== 'unrecognised') continue;
      const key = `${subject.address} ${subject.port ?? ''}/${subject.transport ?? ''}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.note(`${key} ${fact.kind === 'speaks' ? fact.protocol : 'unknown protocol'}`);
    }
  }

  note(text: string): void {
    this.#line.clear();
    this.#shell.say(text);
  }

  end(): void {
    this.#line.clear();
  }
}

/** `1:05`. */
function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
