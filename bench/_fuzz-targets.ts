import type { FuzzTarget } from './_fuzz.ts';

/**
 * Everything that reads strangers' octets or people's text. Members come from their registries: a
 * new one is a target by itself. Only what is asked for is loaded, since a look at the counters
 * takes longer the more functions there are.
 */
export const FAMILIES: Readonly<Record<string, () => Promise<readonly FuzzTarget[]>>> = {
  protocols: async () => (await import('./_fuzz-protocols.ts')).protocolTargets(),
  families: async () => (await import('./_fuzz-families.ts')).familyTargets(),
  shared: async () => (await import('./_fuzz-shared.ts')).sharedTargets(),
  dialogues: async () => (await import('./_fuzz-dialogues.ts')).dialogueTargets(),
  identify: async () => (await import('./_fuzz-identify.ts')).identifyTargets(),
  packets: async () => (await import('./_fuzz-packets.ts')).packetTargets(),
  documents: async () => (await import('./_fuzz-documents.ts')).documentTargets(),
  texts: async () => (await import('./_fuzz-texts.ts')).textTargets(),
};

/** A fault behind four lengths in a row, to which only what was found before leads. */
export const nested: FuzzTarget = {
  name: 'nested',
  seeds: [new Uint8Array(4)],
  run(bytes) {
    if (bytes.length < 4 || bytes[0] !== 64) return 0;
    if (bytes[1] !== 8) return 1;
    if (bytes[2] !== 200) return 2;
    if (bytes[3] === 100) throw new Error('the planted fault');
    return 3;
  },
};

/** Faults of the other kinds that are watched for, each with its seed. */
export const planted: readonly FuzzTarget[] = [
  {
    name: 'without end',
    seeds: [new Uint8Array(1)],
    run: (bytes) => {
      let turns = 0;
      while (bytes.length > 0) turns += 1;
      return turns;
    },
  },
  { name: 'another each time', seeds: [new Uint8Array(1)], run: () => performance.now() },
  { name: 'without bounds', seeds: [new Uint8Array(1)], run: () => Buffer.alloc(1 << 24) },
];
