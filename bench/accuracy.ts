import { join } from 'node:path';
import { analyzeCapture } from '../src/io/capture/analyze.ts';
import { captureName } from '../src/model/capture-names.ts';
import type { Flow } from '../src/model/flow.ts';
import type { Packet } from '../src/wire/packet.ts';
import type { Figure, Measured } from './_bench.ts';
import { runBench } from './_bench.ts';
import type { FieldTruth, FlowTruth } from './_truth.ts';
import { CAPTURES, hasTruth, truth } from './_truth.ts';

/** Names under which a flow was predicted, and how sure. */
interface Predicted {
  readonly protocol: string;
  readonly certainty: string;
}

interface Miss {
  readonly flow: FlowTruth;
  readonly said: string;
}

interface Score {
  readonly right: number;
  readonly total: number;
  readonly recall: number;
  readonly misses: readonly Miss[];
}

const TCP = 6;
const UDP = 17;

await runBench({ title: 'Accuracy on captures with published truth', measure });

async function measure(): Promise<Measured> {
  if (!hasTruth()) throw new Error(`no captures under ${CAPTURES} (set PORTOLAN_CAPTURES)`);
  const usual = await scoreProtocols(undefined);
  const moved = await scoreProtocols(moveServer);
  const fields = await scoreFields();
  const captures = await scoreCaptures();
  const figures: Figure[] = [
    { name: 'protocol', unit: '%', ours: percent(usual), target: { atLeast: 97 } },
    { name: 'protocol, macro recall', unit: '', ours: usual.recall, target: { atLeast: 0.92 } },
    { name: 'protocol, ports moved', unit: '%', ours: percent(moved), target: { atLeast: 88 } },
    { name: 'fields, F1', unit: '', ours: fields.f1, target: { atLeast: 0.97 } },
    { name: 'captures', unit: '%', ours: captures.share, target: { atLeast: 100 } },
  ];
  const notes = [
    ...confusion('protocol', usual),
    ...confusion('ports moved', { ...moved, misses: moved.misses.filter(notIn(usual)) }),
    ...fields.notes,
    ...captures.notes,
  ];
  return { figures, notes };
}

/** Those that were already wrong on their own port are listed once. */
function notIn({ misses }: Score): (miss: Miss) => boolean {
  const known = new Set(misses.map(({ flow }) => keyOf(flow)));
  return ({ flow }) => !known.has(keyOf(flow));
}

function percent({ right, total }: Score): number {
  return (100 * right) / total;
}

async function scoreProtocols(alter: ((packet: Packet) => void) | undefined): Promise<Score> {
  const misses: Miss[] = [];
  const byProtocol = new Map<string, { right: number; total: number }>();
  for (const [file, flows] of grouped(truth.flows())) {
    const predicted = await predict(file, alter);
    for (const flow of flows) {
      const said = bestOf(predicted.get(keyOf(alter === undefined ? flow : movedTruth(flow))));
      const isRight = [flow.protocol, ...(flow.also ?? [])].includes(said);
      const count = byProtocol.get(flow.protocol) ?? { right: 0, total: 0 };
      const right = count.right + Number(isRight);
      byProtocol.set(flow.protocol, { right, total: count.total + 1 });
      if (!isRight) misses.push({ flow, said });
    }
  }
  const counts = [...byProtocol.values()];
  const total = counts.reduce((sum, count) => sum + count.total, 0);
  const recall = counts.reduce((sum, count) => sum + count.right / count.total, 0) / counts.length;
  return { right: total - misses.length, total, recall, misses };
}

/** By both ends, in one order: a flow may be given either way round. */
async function predict(
  file: string,
  alter: ((packet: Packet) => void) | undefined,
): Promise<ReadonlyMap<string, readonly Predicted[]>> {
  const predicted = new Map<string, Predicted[]>();
  await analyzeCapture(join(CAPTURES, file), {
    ...(alter === undefined ? {} : { onPacket: alter }),
    onFlow: (flow) => {
      const key = keyOf({ ...endsOf(flow), transport: flow.transport });
      const { certainty } = flow;
      const protocol = captureName(flow.protocol);
      predicted.set(key, [...(predicted.get(key) ?? []), { protocol, certainty }]);
    },
  });
  return predicted;
}

function endsOf({ source, destination }: Flow): { readonly src: string; readonly dst: string } {
  return { src: endText(source), dst: endText(destination) };
}

function endText({ address, port }: Flow['source']): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function keyOf(flow: Pick<FlowTruth, 'src' | 'dst' | 'transport'>): string {
  return `${flow.transport} ${[flow.src, flow.dst].sort().join(' ')}`;
}

/** One tuple may be several flows, one after another: the surest counts. */
function bestOf(predicted: readonly Predicted[] | undefined): string {
  if (predicted === undefined) return '(no such flow)';
  const known = predicted.filter(({ protocol }) => protocol !== 'unknown');
  const order = ['proved', 'likely', 'hint'];
  known.sort((a, b) => order.indexOf(a.certainty) - order.indexOf(b.certainty));
  return known[0]?.protocol ?? 'unknown';
}

/** Gives the server another port, of those on which nothing is usual: the lower one is its own. */
function moveServer(packet: Packet): void {
  if (packet.family === 0 || (packet.protocol !== TCP && packet.protocol !== UDP)) return;
  const [source, destination] = movedPorts(packet.sourcePort, packet.destinationPort);
  packet.sourcePort = source;
  packet.destinationPort = destination;
}

function movedPorts(source: number, destination: number): readonly [number, number] {
  const server = Math.min(source, destination);
  const move = (port: number): number => (port === server ? 8000 + (port % 1000) : port);
  return [move(source), move(destination)];
}

function movedTruth(flow: FlowTruth): FlowTruth {
  const [source, destination] = movedPorts(portIn(flow.src), portIn(flow.dst));
  return { ...flow, src: withPort(flow.src, source), dst: withPort(flow.dst, destination) };
}

function portIn(end: string): number {
  return Number(end.slice(end.lastIndexOf(':') + 1));
}

function withPort(end: string, port: number): string {
  return `${end.slice(0, end.lastIndexOf(':'))}:${port}`;
}

function confusion(title: string, { misses }: Pick<Score, 'misses'>): readonly string[] {
  const byPair = new Map<string, Miss[]>();
  for (const miss of misses) {
    const pair = `${miss.flow.protocol} taken for ${miss.said}`;
    byPair.set(pair, [...(byPair.get(pair) ?? []), miss]);
  }
  const worst = [...byPair].sort(([, a], [, b]) => b.length - a.length);
  return [
    `${title}: ${misses.length} wrong`,
    ...worst.map(([pair, all]) => `  ${all.length} ${pair}: ${exampleOf(all)}`),
  ];
}

function exampleOf(misses: readonly Miss[]): string {
  const shown = misses.slice(0, 3).map(({ flow }) => `${flow.file} ${flow.src} ${flow.dst}`);
  return shown.join('; ') + (misses.length > 3 ? '; …' : '');
}

interface FieldScore {
  readonly f1: number;
  readonly notes: readonly string[];
}

interface Tally {
  right: number;
  missed: number;
  wrong: number;
  readonly examples: string[];
}

/** Of each file only the fields that its truth speaks of; where it is partial, more is not wrong. */
async function scoreFields(): Promise<FieldScore> {
  const tallies = new Map<string, Tally>();
  for (const [file, lines] of grouped(truth.fields())) {
    const said = await predictFields(file);
    for (const field of new Set(lines.map((line) => line.field))) {
      tally(tallies, file, field, lines, said);
    }
  }
  const all = [...tallies.values()];
  const right = all.reduce((sum, one) => sum + one.right, 0);
  const off = all.reduce((sum, one) => sum + one.wrong + one.missed, 0);
  const notes = [...tallies]
    .filter(([, { missed, wrong }]) => missed + wrong > 0)
    .sort(([, a], [, b]) => b.missed + b.wrong - a.missed - a.wrong)
    .map(
      ([field, one]) =>
        `  ${field}: ${one.right} right, ${one.missed} missed, ${one.wrong} too many: ${one.examples.slice(0, 4).join('; ')}`,
    );
  return { f1: (2 * right) / (2 * right + off), notes: ['fields', ...notes] };
}

async function predictFields(file: string): Promise<ReadonlySet<string>> {
  const said = new Set<string>();
  await analyzeCapture(join(CAPTURES, file), {
    onField: ({ name, value }) => said.add(`${name} ${value}`),
  });
  return said;
}

function tally(
  tallies: Map<string, Tally>,
  file: string,
  field: string,
  lines: readonly FieldTruth[],
  said: ReadonlySet<string>,
): void {
  const own = lines.filter((line) => line.field === field);
  const wanted = new Set(own.map(({ value }) => `${field} ${value}`));
  const isPartial = own.some(({ partial }) => partial === true);
  const one = tallies.get(field) ?? { right: 0, missed: 0, wrong: 0, examples: [] };
  tallies.set(field, one);
  for (const value of wanted) {
    if (said.has(value)) one.right += 1;
    else {
      one.missed += 1;
      one.examples.push(`-${value.slice(field.length + 1)} (${file})`);
    }
  }
  const extra = [...said].filter((value) => value.startsWith(`${field} `) && !wanted.has(value));
  if (isPartial) return;
  one.wrong += extra.length;
  one.examples.push(...extra.map((value) => `+${value.slice(field.length + 1)} (${file})`));
}

async function scoreCaptures(): Promise<{ share: number; notes: readonly string[] }> {
  const notes: string[] = ['captures'];
  let right = 0;
  const all = truth.captures();
  for (const one of all) {
    const { summary, octets } = await analyzeCapture(join(CAPTURES, one.file), {});
    const said = { ...summary, bytes: octets };
    const wrong = (['packets', 'format', 'interfaces', 'bytes', 'ok'] as const).filter(
      (name) => one[name] !== undefined && one[name] !== said[name],
    );
    if (wrong.length === 0) right += 1;
    else {
      notes.push(
        `  ${one.file}: ${wrong.map((name) => `${name} ${String(said[name])} for ${String(one[name])}`).join(', ')}`,
      );
    }
  }
  return { share: (100 * right) / all.length, notes };
}

function grouped<T extends { readonly file: string }>(
  lines: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const line of lines) groups.set(line.file, [...(groups.get(line.file) ?? []), line]);
  return groups;
}
