import { feedFormats } from '../src/importers/feeds/index.ts';
import { JsonItems, NotItems } from '../src/importers/feeds/json-items.ts';
import { importers } from '../src/importers/index.ts';
import { readMud } from '../src/policy/mud/read-mud.ts';
import { examinePolicy } from '../src/policy/read.ts';
import { readCertificate } from '../src/protocols/shared/der.ts';
import { targets } from '../src/targets/index.ts';
import type { FuzzTarget } from './_fuzz.ts';
import { documentSeeds } from './_fuzz-document-seeds.ts';
import { octets, text } from './_fuzz-parts.ts';

/** Files that people and other tools hand over. */
export function documentTargets(): readonly FuzzTarget[] {
  const seeds = documentSeeds();
  return [
    ...importers.all.map((importer) => ({
      name: `importers/${importer.id}`,
      seeds: (seeds.imports[importer.id] ?? []).map(octets),
      run: (bytes: Uint8Array) => [
        importer.recognise(bytes.subarray(0, 4096)),
        importer.read(bytes, { at: 1_795_600_000_000, observer: 'fuzz' }),
      ],
    })),
    ...feedFormats.all.map((format) => ({
      name: `importers/feeds/${format.id}`,
      seeds: seeds.feeds.map(octets),
      run: (bytes: Uint8Array) => feed(format, bytes),
    })),
    ...targets.all.map((target) => ({
      name: `targets/${target.id}`,
      seeds: (seeds.rulesets[target.id] ?? []).map(octets),
      run: (bytes: Uint8Array) => target.parse(text(bytes)),
    })),
    {
      name: 'policy/read',
      seeds: seeds.policies.map(octets),
      run: (bytes) => {
        const { policy, diagnostics } = examinePolicy(text(bytes), 'fuzz.yaml');
        return [policy, diagnostics];
      },
    },
    ...[false, true].map((lenient) => ({
      name: lenient ? 'policy/mud, old forms' : 'policy/mud',
      seeds: seeds.muds.map(octets),
      run: (bytes: Uint8Array) => readMud(text(bytes), { lenient }),
    })),
    {
      name: 'protocols/shared/der',
      seeds: seeds.certificates,
      run: (bytes) => readCertificate(bytes),
    },
  ];
}

type Format = (typeof feedFormats.all)[number];

/** As a file of it is read: its items one by one where it may be large, else as a whole. */
function feed(format: Format, bytes: Uint8Array): unknown {
  const recognised = format.recognise(Buffer.from(bytes.subarray(0, 4096)).toString('latin1'));
  try {
    if (!('streamed' in format)) {
      const whole: unknown = JSON.parse(text(bytes));
      return [recognised, format.head(whole, 'fuzz'), format.records(whole)];
    }
    const items = new JsonItems(format.streamed.items);
    const records = [...pieces(bytes)].flatMap((piece) =>
      [...items.push(piece)].map((item) => format.records(JSON.parse(item))),
    );
    return [recognised, records, format.head(JSON.parse(items.end()), 'fuzz')];
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof NotItems) return [recognised, 'no JSON'];
    throw error;
  }
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}
