import { basename } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { RecentMap } from '../base/recent-map.ts';
import { Engine } from '../engine.ts';
import type { Analysis } from '../io/capture/analyze.ts';
import { analyzeCapture } from '../io/capture/analyze.ts';
import { LineWriter } from '../io/capture/line-writer.ts';
import { engineTools } from '../io/site/engine-tools.ts';
import { usedCell } from '../ledger/used.ts';
import type { NewEvidence } from '../model/evidence.ts';
import type { Field, Flow } from '../model/flow.ts';
import type { Site } from '../model/site.ts';
import type { AlertLog, AlertSummary } from './analyze-alerts.ts';
import { captureLine, deviceLine, flowLine } from './analyze-lines.ts';
import { analysisJson, printAnalysis } from './analyze-print.ts';
import type { Input } from './command.ts';
import { count, jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';
import { StatusLine } from './terminal.ts';

/** Pieces of evidence of one capture that are believed; the rest is counted. */
const EVIDENCE = 200_000;
/** Named values that are remembered, so that each is written once. */
const FIELDS = 65_536;
/** Flows that may be asked for, shown or followed. */
const MOST = 4_000_000;
const MEGABYTE = 1_000_000;

/** What came of one capture. */
export interface Analyzed {
  readonly file: string;
  readonly analysis: Analysis;
  readonly site: Site;
  /** The largest, largest first. */
  readonly top: readonly Flow[];
  /** Evidence beyond what is kept. */
  readonly dropped: number;
  /** Where alerts were asked for. */
  readonly alerts?: AlertSummary;
}

const OUTPUTS = ['flows', 'fields', 'devices', 'packets', 'alerts'];

interface Limits {
  readonly top: number;
  readonly maxFlows: number;
  /** Where alerts are asked for: who finds them in one capture. */
  readonly newAlerts: ((output: LineWriter) => AlertLog) | undefined;
}

interface Outputs {
  readonly flows: LineWriter | undefined;
  readonly fields: LineWriter | undefined;
  readonly devices: LineWriter | undefined;
  readonly packets: LineWriter | undefined;
  readonly alerts: LineWriter | undefined;
}

/** Each file by itself: nothing is kept and nothing is stored. */
export async function runAnalyze(shell: Shell, input: Input): Promise<number> {
  const limits = {
    top: numberOf(input, 'top', 10),
    maxFlows: numberOf(input, 'maxFlows', 200_000),
    newAlerts: await alertsOf(input),
  };
  const outputs = openOutputs(input);
  const quiet = OUTPUTS.some((name) => input.text(name) === '-');
  const documents: object[] = [];
  let status = 0;
  try {
    for (const file of input.args) {
      const one = await analyzeOne(shell, file, outputs, limits);
      if (shell.json) documents.push(analysisJson(one));
      else if (!quiet) printAnalysis(shell, one);
      if (warnOfDamage(shell, one)) status = 5;
      if (shell.stop.aborted) break;
    }
  } finally {
    for (const output of Object.values(outputs)) output?.close();
  }
  if (shell.json) shell.out(jsonDocument('analysis', { files: documents }));
  return status;
}

/** The detectors are loaded only where they are asked for: to read them takes as long as 100,000 packets. */
async function alertsOf(input: Input): Promise<Limits['newAlerts']> {
  if (input.text('alerts') === undefined && input.text('learnUntil') === undefined)
    return undefined;
  const alerts = await import('./analyze-alerts.ts');
  const learnUntil = alerts.learnUntilOf(input);
  return (output) => new alerts.AlertLog(output, learnUntil);
}

function openOutputs(input: Input): Outputs {
  const open = (name: string): LineWriter | undefined => {
    const path = input.text(name);
    return path === undefined ? undefined : new LineWriter(path);
  };
  return {
    flows: open('flows'),
    fields: open('fields'),
    devices: open('devices'),
    packets: open('packets'),
    alerts: open('alerts'),
  };
}

async function analyzeOne(
  shell: Shell,
  file: string,
  outputs: Outputs,
  { top, maxFlows, newAlerts }: Limits,
): Promise<Analyzed> {
  const largest = new Largest(top);
  const evidence: NewEvidence[] = [];
  const line = new StatusLine(shell);
  let dropped = 0;
  const alerts = outputs.alerts === undefined ? undefined : newAlerts?.(outputs.alerts);
  const analysis = await analyzeCapture(file, {
    observer: file === '-' ? 'stdin' : basename(file),
    signal: shell.stop,
    table: { capacity: maxFlows },
    onProgress: ({ read, total }) => line.show(...progressText(file, read, total)),
    onEvidence: (one) => {
      if (evidence.length < EVIDENCE) evidence.push(one);
      else dropped += 1;
    },
    wantsFlow: (octets) => outputs.flows !== undefined || largest.wants(octets),
    onFlow: (flow) => {
      outputs.flows?.write(flowLine(file, flow));
      largest.add(flow);
    },
    ...(alerts === undefined ? {} : { onObservation: (one) => alerts.see(one) }),
    ...(outputs.fields === undefined ? {} : { onField: fieldWriter(file, outputs.fields) }),
  });
  alerts?.flush();
  line.clear();
  const site = siteOf(evidence, analysis);
  outputs.packets?.write(captureLine(file, analysis));
  for (const device of site.devices) {
    outputs.devices?.write(deviceLine(file, device, site.services));
  }
  const watched = alerts === undefined ? {} : { alerts: alerts.summary };
  return { file, analysis, site, top: largest.list(), dropped, ...watched };
}

/** Each value once a file, as long as there is room to remember it. */
function fieldWriter(file: string, output: LineWriter): (field: Field) => void {
  const written = new RecentMap<true>(FIELDS);
  return ({ name, value }) => {
    const key = `${name} ${value}`;
    if (written.get(key) === true) return;
    written.set(key, true);
    output.write({ file, field: name, value });
  };
}

/** What is believed, judged as of the capture's last packet. */
function siteOf(evidence: NewEvidence[], { usage, from, to }: Analysis): Site {
  evidence.sort((a, b) => a.at - b.at);
  const seen = { from: Math.floor(from / 1000), to: Math.floor(to / 1000) };
  const engine = new Engine(
    {
      ...engineTools(),
      usage: (addresses, place) => {
        const { direction, transport, port } = place;
        const uses = addresses.flatMap((one) => usage.of(one, direction, transport, port) ?? []);
        return usedCell(place, uses, seen);
      },
    },
    evidence.map((one, index) => ({ ...one, id: index + 1 })),
  );
  return engine.site(Number.isFinite(to) ? seen.to : 0, []);
}

/** Says what is wrong with the file; everything before was kept. */
function warnOfDamage(shell: Shell, { file, analysis }: Analyzed): boolean {
  const { damage, ok, packets } = analysis.summary;
  if (ok) return false;
  const where = damage === undefined ? '' : ` before packet ${damage.packet}: ${damage.why}`;
  shell.warn(`${file} is damaged${where}; the ${count(packets, 'packet')} before it are kept`);
  return true;
}

function progressText(file: string, read: number, total: number | undefined): [string, number] {
  const share = total === undefined || total === 0 ? 0 : (100 * read) / total;
  const of = total === undefined ? '' : ` of ${Math.ceil(total / MEGABYTE)}`;
  return [`reading ${file}: ${Math.floor(read / MEGABYTE)}${of} MB`, share];
}

function numberOf(input: Input, name: string, fallback: number): number {
  const text = input.text(name);
  if (text === undefined) return fallback;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MOST) return number;
  throw new PortolanError('E_USAGE', `"${text}" is no number of flows`, {
    remedy: `Use a whole number from 1 to ${MOST}`,
  });
}

/** Keeps the flows with the most octets. */
class Largest {
  readonly #limit: number;
  #flows: Flow[] = [];
  #least = -1;

  constructor(limit: number) {
    this.#limit = limit;
  }

  wants(octets: number): boolean {
    return octets > this.#least;
  }

  add(flow: Flow): void {
    if (!this.wants(octetsOf(flow))) return;
    this.#flows.push(flow);
    // Sorted only now and then: most flows of a large capture are small.
    if (this.#flows.length >= this.#limit * 2) this.#trim();
  }

  list(): readonly Flow[] {
    this.#trim();
    return this.#flows;
  }

  #trim(): void {
    this.#flows.sort((a, b) => octetsOf(b) - octetsOf(a));
    this.#flows = this.#flows.slice(0, this.#limit);
    const last = this.#flows.at(-1);
    if (last !== undefined && this.#flows.length === this.#limit) this.#least = octetsOf(last);
  }
}

function octetsOf({ sent, received }: Flow): number {
  return sent.bytes + received.bytes;
}
