import { z } from 'zod';
import { forJson } from '../base/encode.ts';
import type { Store } from '../io/store/store.ts';
import type { Question } from '../policy/learn/proposal.ts';
import { policySchema } from '../policy/schema.ts';
import { ruleFields } from '../policy/write.ts';

/** Under which the store keeps what was asked and not answered yet. */
const KEY = 'policy questions';

const stored = z.array(
  z.object({
    id: z.string(),
    device: z.string(),
    reason: z.enum([
      'rare',
      'ephemeral',
      'pattern',
      'unopened',
      'one-way',
      'protocol',
      'no-name',
      'from-internet',
      'scan',
      'after-scan',
      'known-bad',
      'widening',
      'fallback',
    ]),
    suspicious: z.boolean(),
    asks: z.string(),
    rules: z
      .array(z.unknown())
      .transform((rules) => policySchema.parse({ version: 1, rules }).rules),
    kinds: z.int(),
  }),
);

/** Questions that wait for an answer. */
export function openQuestions(store: Store): readonly Question[] {
  const text = store.progress(KEY);
  return text === undefined ? [] : stored.parse(JSON.parse(text));
}

/** Those about these devices take the place of what was learned before; fallbacks stay. */
export function keepQuestions(
  store: Store,
  devices: ReadonlySet<string>,
  questions: readonly Question[],
): void {
  const others = openQuestions(store).filter(
    ({ device, reason }) => reason === 'fallback' || !devices.has(device),
  );
  save(store, [...others, ...questions]);
}

/** In the place of the same one of an earlier time. */
export function keepQuestion(store: Store, question: Question): void {
  const others = openQuestions(store).filter(({ id }) => id !== question.id);
  save(store, [...others, question]);
}

export function forgetQuestion(store: Store, id: string): void {
  save(
    store,
    openQuestions(store).filter((question) => question.id !== id),
  );
}

function save(store: Store, questions: readonly Question[]): void {
  const plain = questions.map((one) => ({ ...one, rules: one.rules.map(ruleFields) }));
  store.saveProgress(KEY, plain.length === 0 ? undefined : forJson(plain));
}
