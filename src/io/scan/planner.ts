import type { Registry } from '../../base/registry.ts';
import type { Carrier, Robustness, Transport } from '../../model/core.ts';
import type { Signature } from '../../model/evidence.ts';
import { protocols } from '../../protocols/index.ts';
import { innerProbes, planProbes } from '../../protocols/plan.ts';
import type { Protocol } from '../../protocols/protocol.ts';
import { characterise } from '../../protocols/shared/characterise.ts';
import type { Turn } from './converse.ts';

export interface Planned {
  readonly protocol: Protocol;
  readonly over: Carrier;
  readonly why: string;
}

export interface Occasion {
  readonly port: number;
  readonly transport: Transport;
  readonly robustness: Robustness;
  readonly category: string;
  /** What the device or others said of this port: service names, protocols. */
  readonly hints: readonly string[];
  /** What it said by itself. */
  readonly banner: Uint8Array;
}

/** Which protocol is asked when: the shell knows no protocol by name. */
export interface Planner {
  plan(occasion: Occasion): readonly Planned[];
  inner(occasion: Occasion): readonly Planned[];
  /** All of them, to look at what came with. */
  readonly protocols: readonly Protocol[];
  /** Another protocol's greeting, for the negative control. */
  control(over: Carrier, spoken: string): Protocol | undefined;
  characterise(turn: Turn): Signature;
}

/**
 * Widely understood to be harmless, and refused at once by whoever speaks something else. Lines of
 * text, all of them: the web servers of microcontrollers are known to fall over binary.
 */
const CONTROLS: Readonly<Record<Transport, readonly string[]>> = {
  tcp: ['http', 'rtsp'],
  udp: ['coap', 'snmp'],
};

/** Asks the protocols of a registry, in the order in which they are likely. */
export function plannerOf(registry: Registry<Protocol>): Planner {
  return {
    plan: (occasion) => planProbes(occasion, registry),
    inner: (occasion) => innerProbes(occasion, registry),
    protocols: registry.all,
    control(over, spoken) {
      const transport = over === 'udp' || over === 'dtls' ? 'udp' : 'tcp';
      const id = CONTROLS[transport].find((control) => control !== spoken);
      return id === undefined ? undefined : registry.get(id);
    },
    characterise: ({ sent, received }) => characterise(sent, [received]),
  };
}

export const PLANNER: Planner = plannerOf(protocols);
