import { untrusted } from '../src/base/untrusted.ts';
import { conclusionsOf, identifiers } from '../src/identify/index.ts';
import type { Evidence, Fact } from '../src/model/evidence.ts';
import type { FuzzTarget } from './_fuzz.ts';
import { octets, text } from './_fuzz-parts.ts';
import { factSeeds } from './_fuzz-spoken.ts';

const TOOLS = {
  vendorOf: (mac: string): string | undefined =>
    mac.startsWith('00:11') ? 'Example Lights GmbH' : undefined,
};
const MAC = '00:11:22:33:44:55';
/** Text in the place of the MAC address, and not of one in the fact. */
const AS_MAC = 255;

/**
 * Every identifier: facts as the protocols tell them, with a stranger's text in the place of one of
 * theirs. The first two octets choose the fact and the place, the rest is the text.
 */
export function identifyTargets(): readonly FuzzTarget[] {
  const [distinct, seeds] = templates(factSeeds());
  const evidence = (bytes: Uint8Array): Evidence => evidenceOf(distinct, bytes);
  return [
    ...identifiers.all.map((identifier) => ({
      name: `identify/${identifier.id}`,
      seeds,
      run: (bytes: Uint8Array) => identifier.conclude(evidence(bytes), TOOLS),
    })),
    {
      name: 'identify, all together',
      seeds,
      run: (bytes: Uint8Array) => conclusionsOf(evidence(bytes), TOOLS),
    },
  ];
}

/** One fact of each kind and name, as many as an octet tells apart, and an input that leaves each as it is. */
function templates(facts: readonly Fact[]): readonly [readonly Fact[], readonly Uint8Array[]] {
  const byName = new Map<string, Fact>();
  for (const fact of facts) {
    const name = 'name' in fact ? String(fact.name) : '';
    const protocol = 'protocol' in fact ? fact.protocol : '';
    byName.set([fact.kind, name, protocol].join(' '), fact);
  }
  const distinct = [...byName.values()].filter((fact) => placesIn(fact) > 0).slice(0, 250);
  const seeds = distinct.flatMap((fact, index) =>
    Array.from({ length: Math.min(placesIn(fact), 4) }, (_, place) =>
      Buffer.concat([Buffer.from([index, place]), octets(textIn(fact, place))]),
    ),
  );
  return [distinct, [...seeds, Buffer.concat([Buffer.from([0, AS_MAC]), octets(MAC)])]];
}

function evidenceOf(facts: readonly Fact[], bytes: Uint8Array): Evidence {
  const [chosen = 0, place = 0] = bytes;
  const said = text(bytes.subarray(2));
  const fact = facts[chosen % facts.length] ?? { kind: 'open' };
  const mac = place === AS_MAC ? said : MAC;
  return {
    id: 1,
    at: 0,
    source: 'active',
    observer: 'fuzz',
    subject: { address: '192.0.2.7', mac, transport: 'tcp', port: 80 },
    certainty: 'proved',
    fact: place === AS_MAC ? fact : withText(fact, place % Math.max(1, placesIn(fact)), said),
  };
}

function placesIn(fact: Fact): number {
  return Object.values(textsIn(fact)).length;
}

function textIn(fact: Fact, place: number): string {
  return textsIn(fact)[place] ?? '';
}

function textsIn(fact: Fact): readonly string[] {
  const texts: string[] = [];
  visit(fact, (value) => {
    texts.push(value);
    return value;
  });
  return texts;
}

function withText(fact: Fact, place: number, said: string): Fact {
  let at = -1;
  return visit(fact, (value) => {
    at += 1;
    // Capped at birth, as whatever comes from the network is.
    return at === place ? String(untrusted(said)) : value;
  });
}

/** A copy of the fact, with every text but the names of our own as `change` has it. */
function visit(fact: Fact, change: (value: string) => string): Fact {
  const copy: Fact = JSON.parse(JSON.stringify(fact), (key, value: unknown) => {
    const isOurs = key === 'kind' || (key === 'name' && fact.kind !== 'called');
    return typeof value === 'string' && !isOurs ? change(value) : value;
  });
  return copy;
}
