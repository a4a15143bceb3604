import type { Transport } from '../src/model/core.ts';
import type { Fact } from '../src/model/evidence.ts';
import { protocols } from '../src/protocols/index.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from '../src/protocols/protocol.ts';
import type { FuzzTarget } from './_fuzz.ts';
import { joined, parted } from './_fuzz-parts.ts';
import type { Spoken } from './_fuzz-spoken.ts';
import { spokenSeeds } from './_fuzz-spoken.ts';

const NOTHING = new Uint8Array(0);
const NONCE = Uint8Array.from({ length: 32 }, (_, index) => index);
const PEER = { address: '192.0.2.7', port: 4711, nonce: NONCE } as const;
/** Turns after which a dialogue is one without end. */
const TURNS = 24;
/** Exchanges of others that a protocol does not refuse at once, by which it is tried as well. */
const FOREIGN = 12;

/**
 * Every protocol of the list: what it recognises, the values it reads, its dialogue with a device
 * that answers so, and what it takes from answers to its search.
 */
export function protocolTargets(): readonly FuzzTarget[] {
  const spoken = spokenSeeds();
  return protocols.all.map((protocol) => ({
    name: `protocols/${protocol.id}`,
    seeds: seedsOf(protocol, spoken),
    run: (bytes) => hear(protocol, parted(bytes)),
  }));
}

function seedsOf(protocol: Protocol, spoken: readonly Spoken[]): readonly Uint8Array[] {
  const own = spoken.filter((one) => one.protocol === protocol.id);
  const others = spoken.filter(
    (one) => one.protocol !== protocol.id && protocol.recognise(cut(protocol, one)).kind !== 'no',
  );
  return [...own, ...others.slice(0, FOREIGN)].map(({ client, server }) =>
    joined([client, ...server]),
  );
}

function cut({ depth }: Protocol, { client, server }: Spoken): FirstBytes {
  return {
    client: client.subarray(0, depth),
    server: (server[0] ?? NOTHING).subarray(0, depth),
  };
}

function hear(protocol: Protocol, parts: readonly Uint8Array[]): unknown {
  const [client = NOTHING, ...answers] = parts;
  const [server = NOTHING] = answers;
  return [
    recognised(protocol, client, server),
    transportsOf(protocol).map((transport) => overheard(protocol, transport, client, server)),
    fieldsOf(protocol, client, answers),
    protocol.probe?.over.map((over) =>
      converse(protocol.probe?.dialogue({ ...PEER, over }), answers),
    ),
    searched(protocol, server),
    protocol.series?.follow(parts.map((part) => part.subarray(0, protocol.series?.octets))),
  ];
}

/** What was refused stays so when more of it comes. */
function recognised(protocol: Protocol, client: Uint8Array, server: Uint8Array): Recognition {
  const { depth } = protocol;
  const said = { client: client.subarray(0, depth), server: server.subarray(0, depth) };
  const half = said.client.subarray(0, said.client.length >> 1);
  const before = protocol.recognise({ client: half, server: NOTHING });
  const alone = protocol.recognise({ client: said.client, server: NOTHING });
  if (before.kind === 'no' && alone.kind !== 'no') {
    throw new Error(`refuses ${half.length} octets, but not ${said.client.length}`);
  }
  if (alone.kind === 'more' && said.client.length >= depth) {
    throw new Error(`has not decided after the ${depth} octets that it may look at`);
  }
  return protocol.recognise(said);
}

function overheard(
  protocol: Protocol,
  transport: Transport,
  client: Uint8Array,
  server: Uint8Array,
): Recognition | undefined {
  const serverPort = protocol.ports[0]?.port ?? 0;
  return protocol.overhear?.({ client, server, transport, clientPort: 40_000, serverPort });
}

function transportsOf({ ports }: Protocol): readonly Transport[] {
  const over = ports.map((one) => (one.over === 'udp' || one.over === 'dtls' ? 'udp' : 'tcp'));
  return [...new Set<Transport>(over)];
}

function fieldsOf(protocol: Protocol, client: Uint8Array, answers: readonly Uint8Array[]): unknown {
  const [server = NOTHING] = answers;
  const isGreeted = protocol.greeting !== undefined;
  const datagrams = { client: [client], server: answers };
  return transportsOf(protocol).map((transport) => [
    protocol.fields?.({ transport, client, server, ...(isGreeted ? { datagrams } : {}) }),
    protocol.fields?.({ transport, client, server: NOTHING }),
    protocol.fields?.({ transport, client: NOTHING, server }),
  ]);
}

/** The parts are the device's answers, in turn; then it is silent. */
function converse(
  dialogue: Dialogue | undefined,
  answers: readonly Uint8Array[],
): readonly Fact[] | undefined {
  let turn = dialogue?.next();
  for (let turns = 0; turn !== undefined && turn.done !== true; turns += 1) {
    if (turns >= TURNS) throw new Error(`asks more than ${TURNS} times`);
    const answer = answers[turns] ?? NOTHING;
    turn.value.complete(answer.subarray(0, answer.length >> 1));
    turn.value.complete(answer);
    turn = dialogue?.next(answer);
  }
  return turn?.value;
}

function searched({ search }: Protocol, datagram: Uint8Array): unknown {
  if (search === undefined) return undefined;
  const sender = { address: PEER.address, port: PEER.port };
  return [search.read(datagram, sender), search.raises?.(datagram)];
}
