import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Carrier } from '../../src/model/core.ts';
import type { Fact } from '../../src/model/evidence.ts';
import { protocols } from '../../src/protocols/index.ts';
import type { Probe } from '../../src/protocols/protocol.ts';
import type { ForeignService } from '../fixtures/exchanges/foreign-composed.ts';
import { FOREIGN } from '../fixtures/exchanges/foreign-composed.ts';
import { bytes } from './fixtures.ts';
import { peer } from './play.ts';

/** A wrong name is worse than none: what the product calls "0 wrong names". */
interface Crossed {
  readonly server: string;
  readonly is: string;
  readonly question: string;
  readonly client: string;
  readonly answer: string;
}

/** Real servers, and what they answered to fifteen questions of which most were meant for others. */
const CROSSED: readonly Crossed[] = JSON.parse(
  readFileSync(new URL('../fixtures/exchanges/foreign-crossed.json', import.meta.url), 'utf8'),
);

const SERVICES: readonly ForeignService[] = [
  ...FOREIGN,
  ...CROSSED.map(({ server, is, question, client, answer }) => ({
    service: `${server}, asked with ${question}`,
    is,
    client,
    server: answer,
    source: 'captured',
  })),
];

test('there are enough of them: 50 services, and 25 real servers', () => {
  expect(new Set(FOREIGN.map(({ service }) => service)).size).toBeGreaterThanOrEqual(50);
  expect(new Set(CROSSED.map(({ server }) => server)).size).toBeGreaterThanOrEqual(25);
  expect(SERVICES.filter(({ source }) => source === '')).toEqual([]);
});

describe.each(protocols.all)('$id', (protocol) => {
  test('gives its name to no service that is another', () => {
    const wrong = SERVICES.filter(({ is }) => is !== protocol.id).filter((service) =>
      namesIn(recognise(service)).includes(protocol.id),
    );
    expect(wrong.map(({ service }) => service)).toEqual([]);
  });

  test('its probe gives no name to a service that is another', () => {
    const { probe } = protocol;
    if (probe === undefined) return;
    const wrong = SERVICES.filter(({ is }) => is !== protocol.id).filter((service) =>
      answersOf(service).some((answer) =>
        probe.over.some((over) => namesIn(run(probe, over, answer)).length > 0),
      ),
    );
    expect(wrong.map(({ service }) => service)).toEqual([]);
  });

  function recognise({ client, server }: ForeignService): readonly Fact[] {
    return [bytes(client), new Uint8Array(0)].flatMap((asked) => {
      const verdict = protocol.recognise({
        client: asked.subarray(0, protocol.depth),
        server: bytes(server).subarray(0, protocol.depth),
      });
      return verdict.kind === 'yes' ? verdict.facts : [];
    });
  }
});

/** Those that speak a protocol of ours: none of them must stay unknown to its own. */
const OWN = [...new Set(CROSSED.map(({ server }) => server))]
  .map((server) => CROSSED.filter((crossed) => crossed.server === server))
  .filter(([first]) => protocols.get(first?.is ?? '') !== undefined);

test.each(OWN.map((crossed) => [crossed[0]?.server ?? '', crossed] as const))(
  '%s is given its own name by its own protocol',
  (_, crossed) => {
    const verdicts = crossed.map(({ is, client, answer }) =>
      protocols.get(is)?.recognise({ client: bytes(client), server: bytes(answer) }),
    );
    expect(verdicts.map((verdict) => verdict?.kind)).toContain('yes');
  },
);

type Answer = (turn: number, sent: Uint8Array) => Uint8Array;

/** Three tempers of a server: it says all that it has each time, once, or line by line. */
function answersOf({ server }: ForeignService): readonly Answer[] {
  const all = bytes(server);
  const lines = Buffer.from(all)
    .toString('latin1')
    .split(/(?<=\n)/);
  return [
    () => all,
    (turn) => (turn === 0 ? all : new Uint8Array(0)),
    (turn) => Uint8Array.from(Buffer.from(lines[turn] ?? '', 'latin1')),
  ];
}

function run(probe: Probe, over: Carrier, answer: Answer): readonly Fact[] {
  const dialogue = probe.dialogue(peer(4711, over));
  let turn = dialogue.next();
  for (let count = 0; turn.done !== true; count += 1) {
    if (count === 100) throw new Error('the dialogue does not end');
    const received = answer(count, turn.value.send);
    turn.value.complete(received);
    turn = dialogue.next(received);
  }
  return turn.value;
}

function namesIn(facts: readonly Fact[]): readonly string[] {
  return facts.flatMap((fact) => (fact.kind === 'speaks' ? [fact.protocol] : []));
}
