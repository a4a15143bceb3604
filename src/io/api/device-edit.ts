import { untrusted } from '../../base/untrusted.ts';
import type { DeviceEdit } from '../../model/api/site.ts';
import type { Device } from '../../model/device.ts';
import type { Evidence, NewEvidence, Subject, UserWord } from '../../model/evidence.ts';
import type { DaemonContext } from '../daemon/context.ts';
import { subjectOf } from '../site/session.ts';

/**
 * Writes down what a person says of a device. Null takes back what was said before, whoever said it:
 * nothing is ever deleted, and the evidence tells who did what.
 */
export function editDevice(
  context: DaemonContext,
  device: Device,
  edit: DeviceEdit,
  by: string,
): void {
  const { session, world } = context;
  const withdrawn = WORDS.filter((word) => edit[word] === null);
  const retracted =
    withdrawn.length === 0 ? [] : wordsOn(session.store.evidence(), device, withdrawn);
  const said = (subject: Subject, fact: UserWord): NewEvidence => ({
    at: world.now(),
    source: 'user',
    observer: by,
    subject,
    certainty: 'proved',
    fact,
  });
  session.add([
    ...newWords(edit).map((fact) => said(subjectOf(device), fact)),
    ...retracted.map(({ id, subject }) => said(subject, { kind: 'retract', evidence: id })),
  ]);
}

type Word = 'name' | 'category' | 'vendor' | 'model' | 'treatAs';
const WORDS: readonly Word[] = ['name', 'category', 'vendor', 'model', 'treatAs'];

function newWords({ name, category, vendor, model, treatAs }: DeviceEdit): readonly UserWord[] {
  const corrections = [
    ['category', category],
    ['vendor', vendor],
    ['model', model],
  ] as const;
  return [
    ...(isGiven(name) ? [{ kind: 'called', name: untrusted(name) } as const] : []),
    ...corrections.flatMap(([attribute, value]) =>
      isGiven(value)
        ? [{ kind: 'corrected', name: attribute, value: untrusted(value) } as const]
        : [],
    ),
    ...(isGiven(treatAs) ? [{ kind: 'treat-as', robustness: treatAs } as const] : []),
  ];
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

/** What was said of these, as far as it was not taken back already. */
function wordsOn(
  evidence: Iterable<Evidence>,
  { addresses, macs, keys }: Device,
  withdrawn: readonly Word[],
): readonly Evidence[] {
  const own = new Set([...addresses, ...keys]);
  const found = new Map<number, Evidence>();
  for (const one of evidence) {
    const { id, source, subject, fact } = one;
    if (source !== 'user') continue;
    if (fact.kind === 'retract') found.delete(fact.evidence);
    const isOurs = own.has(subject.address) || macs.includes(subject.mac ?? '');
    const word = wordOf(fact);
    if (isOurs && word !== undefined && withdrawn.includes(word)) found.set(id, one);
  }
  return [...found.values()];
}

function wordOf(fact: Evidence['fact']): Word | undefined {
  switch (fact.kind) {
    case 'called':
      return 'name';
    case 'treat-as':
      return 'treatAs';
    case 'corrected':
      return WORDS.find((word) => word === fact.name);
    default:
      return undefined;
  }
}
