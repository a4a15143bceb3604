import { withLab } from '../lab/lab.ts';
import { Engine } from '../src/engine.ts';
import { engineTools } from '../src/io/site/engine-tools.ts';
import type { Category, Certainty } from '../src/model/core.ts';
import type { Device } from '../src/model/device.ts';
import type { Figure, Measured } from './_bench.ts';
import { runBench } from './_bench.ts';
import { labelledTexts } from './_labelled.ts';
import { inLab, scan } from './_product.ts';
import { CAPTURES, hasTruth } from './_truth.ts';

/** 2026-11-02 08:00 UTC. */
const AT = 1_793_606_400_000;

const CLASSES: readonly Category[] = [
  'smart-home',
  'wearable',
  'industrial',
  'printer',
  'infrastructure',
  'general-purpose',
];

/** What one device is and what it was called. */
interface Answer {
  readonly id: string;
  readonly truth: Category;
  readonly said: Category | 'unknown';
  readonly certainty: Certainty | 'none';
}

await runBench({ title: 'Categories of devices on labelled sets', measure });

async function measure(): Promise<Measured> {
  if (!hasTruth()) throw new Error(`no captures under ${CAPTURES} (set PORTOLAN_CAPTURES)`);
  const texts = onTexts();
  const lab = await onLab();
  return {
    figures: [
      ...figuresOf('one text', texts, { right: 98, known: 70 }),
      ...figuresOf('lab', lab, { right: 100, known: 80 }),
    ],
    notes: [
      ...matrix(`${texts.length} devices, of each one text (recog's examples)`, texts),
      ...matrix(`${lab.length} devices of the lab, scanned`, lab),
      ...texts
        .filter(({ said, truth }) => said !== 'unknown' && said !== truth)
        .slice(0, 40)
        .map(({ id, truth, said }) => `wrong: ${id}: ${said}, is ${truth}`),
      ...lab
        .filter(({ said }) => said === 'unknown')
        .map(({ id, truth }) => `lab, not told: ${id} (${truth})`),
      'No set of ours has a labelled wearable: what recall it would have is not known.',
    ],
  };
}

function onTexts(): readonly Answer[] {
  const tools = engineTools();
  return labelledTexts().map(({ id, truth, evidence }) => {
    const [device] = new Engine(tools, evidence).site(AT, []).devices;
    return { id, truth, ...answerOf(device) };
  });
}

/** The twenty devices of the lab as a scan with default settings sees them. */
function onLab(): Promise<readonly Answer[]> {
  return withLab({ level: 1 }, async (lab) => {
    const { devices } = await scan(inLab(lab), lab.targets);
    return lab.truth.map(({ id, category, address }) => {
      const device = devices.find(({ addresses }) => addresses.includes(address));
      return { id, truth: category, ...answerOf(device) };
    });
  });
}

function answerOf(device: Device | undefined): Pick<Answer, 'said' | 'certainty'> {
  const said = device?.category ?? 'unknown';
  const certainty = device?.attributes.category?.[0]?.certainty ?? 'none';
  return { said, certainty: said === 'unknown' ? 'none' : certainty };
}

function figuresOf(
  set: string,
  answers: readonly Answer[],
  target: { readonly right: number; readonly known: number },
): readonly Figure[] {
  const known = answers.filter(({ said }) => said !== 'unknown');
  const right = known.filter(({ said, truth }) => said === truth);
  const sure = known.filter(({ certainty }) => certainty !== 'hint');
  return [
    {
      name: `${set}: right where it says anything`,
      unit: '%',
      ours: percent(right.length, known.length),
      target: { atLeast: target.right },
    },
    {
      name: `${set}: right where it is more than a hint`,
      unit: '%',
      ours: percent(sure.filter(({ said, truth }) => said === truth).length, sure.length),
      target: { atLeast: target.right },
    },
    {
      name: `${set}: says anything`,
      unit: '%',
      ours: percent(known.length, answers.length),
      target: { atLeast: target.known },
    },
  ];
}

/** Rows: what it is; columns: what it was called. Below each class its precision and recall. */
function matrix(title: string, answers: readonly Answer[]): readonly string[] {
  const columns = [...CLASSES, 'unknown'] as const;
  const rows = CLASSES.map((truth) => [
    truth,
    ...columns.map((said) => count(answers, (one) => one.truth === truth && one.said === said)),
    ratio(answers, truth, 'said'),
    ratio(answers, truth, 'truth'),
  ]);
  const head = ['is \\ called', ...columns, 'precision', 'recall'];
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const text = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ');
  return [`${title}:`, ...[head, ...rows].map((row) => `  ${text(row)}`), ''];
}

function ratio(answers: readonly Answer[], of: Category, side: 'said' | 'truth'): string {
  const all = answers.filter((one) => one[side] === of);
  const right = all.filter(({ said, truth }) => said === truth).length;
  return all.length === 0 ? '-' : (right / all.length).toFixed(2);
}

function count(answers: readonly Answer[], fits: (one: Answer) => boolean): string {
  return String(answers.filter(fits).length);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
