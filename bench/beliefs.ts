import { untrusted } from '../src/base/untrusted.ts';
import { Engine } from '../src/engine.ts';
import { engineTools } from '../src/io/site/engine-tools.ts';
import type { Evidence, Fact, Subject } from '../src/model/evidence.ts';
import type { Site } from '../src/model/site.ts';
import type { Measured } from './_bench.ts';
import { median, runBench } from './_bench.ts';

const DEVICES = 2000;
const EVIDENCE = 200_000;
const RUNS = 5;
/** 2026-11-02 08:00 UTC. */
const START = 1_793_606_400_000;
/** What a store of this size, some weeks of a large site, may cost the start of every command. */
const FOLD_SECONDS = 1;
const SITE_SECONDS = 3;

/** What a scan learns of one small device; told again by each scan, until there is enough. */
const LEARNT: readonly (readonly [port: number, fact: Fact])[] = [
  [0, { kind: 'present', via: 'arp' }],
  [0, { kind: 'swept', transport: 'tcp', closed: '21-23,102,443,502,8883', silent: '' }],
  [80, { kind: 'open' }],
  [80, { kind: 'speaks', protocol: 'http', version: '1.1' }],
  [80, { kind: 'access', level: 'open' }],
  [80, { kind: 'detail', name: 'title', value: untrusted('Control') }],
  [80, { kind: 'detail', name: 'server', value: untrusted('lwIP/2.1') }],
  [1883, { kind: 'open' }],
  [1883, { kind: 'speaks', protocol: 'mqtt', version: '3.1.1' }],
  [1883, { kind: 'access', level: 'open' }],
];

function measure(): Promise<Measured> {
  const evidence = [...story()];
  const tools = engineTools();
  const folds: number[] = [];
  const sites: number[] = [];
  const steps: number[] = [];
  let site: Site | undefined;
  for (let run = 0; run < RUNS; run += 1) {
    const began = performance.now();
    const engine = new Engine(tools, evidence);
    folds.push(performance.now() - began);
    const folded = performance.now();
    site = engine.site(START, []);
    sites.push(performance.now() - folded);
    const read = performance.now();
    engine.step({ kind: 'evidence', evidence: evidence.slice(-LEARNT.length) });
    engine.known('10.0.0.1');
    steps.push(performance.now() - read);
  }
  const fold = median(folds) / 1000;
  return Promise.resolve({
    figures: [
      {
        name: `devices believed of ${DEVICES}`,
        unit: '',
        ours: site?.devices.length ?? 0,
        target: { atLeast: DEVICES },
      },
      {
        name: 'services believed',
        unit: '',
        ours: site?.services.length ?? 0,
        target: { atLeast: 2 * DEVICES },
      },
      { name: 'findings', unit: '', ours: site?.findings.length ?? 0 },
      {
        name: `fold of ${EVIDENCE.toLocaleString('en')} pieces of evidence`,
        unit: 's',
        ours: fold,
        target: { atMost: FOLD_SECONDS },
      },
      { name: 'evidence a second', unit: '', ours: Math.round(EVIDENCE / fold) },
      {
        name: 'devices, ledger and findings from it',
        unit: 's',
        ours: median(sites) / 1000,
        target: { atMost: SITE_SECONDS },
      },
      {
        name: `${LEARNT.length} more pieces and a question`,
        unit: 'ms',
        ours: median(steps),
        target: { atMost: 50 },
      },
      { name: 'heap in use', unit: 'MiB', ours: process.memoryUsage().heapUsed / 1_048_576 },
    ],
    notes: [`Medians of ${RUNS}. There is no peer that does this.`],
  });
}

/** Scan after scan of all devices, as a store has it after some weeks. */
function* story(): Generator<Evidence> {
  for (let told = 0; told < EVIDENCE; told += 1) {
    const turn = Math.floor(told / LEARNT.length);
    const [port, fact] = LEARNT[told % LEARNT.length] ?? [0, { kind: 'open' }];
    const scan = Math.floor(turn / DEVICES);
    yield {
      id: told + 1,
      at: START + told * 10,
      source: 'active',
      observer: `PTL-S-${scan}`,
      subject: subject(turn % DEVICES, port),
      certainty: 'proved',
      fact,
    };
  }
}

function subject(index: number, port: number): Subject {
  const address = `10.0.${index >> 8}.${index & 255}`;
  const mac = `24:0a:c4:00:${hex(index >> 8)}:${hex(index & 255)}`;
  return port === 0 ? { address, mac } : { address, mac, transport: 'tcp', port };
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}

await runBench({ title: 'From evidence to beliefs', measure });
