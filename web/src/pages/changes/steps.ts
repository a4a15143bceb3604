import type { ChangeState } from '../../../../src/model/change.ts';

export type Step = 'planned' | 'simulated' | 'applied' | 'verified' | 'confirmed';

export interface StepView {
  readonly step: Step;
  readonly state: 'done' | 'now' | 'next' | 'failed';
}

const STEPS: readonly Step[] = ['planned', 'simulated', 'applied', 'verified', 'confirmed'];

/** The step that a change has reached. */
const REACHED: Readonly<Record<ChangeState, Step>> = {
  planned: 'simulated',
  armed: 'simulated',
  loaded: 'applied',
  confirmed: 'confirmed',
  'rolled-back': 'simulated',
  refused: 'planned',
  stuck: 'applied',
};

const FAILED: ReadonlySet<ChangeState> = new Set(['rolled-back', 'refused', 'stuck']);

/** The way of a change, with where it is on it. */
export function stepsOf(
  state: ChangeState,
  verified: readonly { readonly ok: boolean }[],
): readonly StepView[] {
  const isVerified = verified.length > 0 && verified.every(({ ok }) => ok);
  const base = STEPS.indexOf(REACHED[state]);
  const reached = state === 'loaded' && isVerified ? base + 1 : base;
  return STEPS.map((step, index) => ({ step, state: stateOf(index, reached, state) }));
}

function stateOf(index: number, reached: number, state: ChangeState): StepView['state'] {
  if (index <= reached) return 'done';
  if (index > reached + 1) return 'next';
  return FAILED.has(state) ? 'failed' : 'now';
}
