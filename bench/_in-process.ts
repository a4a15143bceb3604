import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PassiveEngine } from '../src/flows/engine.ts';
import type { Flow } from '../src/model/flow.ts';
import { protocols } from '../src/protocols/index.ts';
import { decode } from '../src/wire/decode.ts';
import { Packet } from '../src/wire/packet.ts';

/** The whole passive engine with everything on, fed with frames of Ethernet in this process. */
export class InProcess {
  readonly engine: PassiveEngine;
  readonly #packet = new Packet();
  #frames = 0;

  constructor(onFlow: (flow: Flow) => void = () => {}) {
    this.engine = new PassiveEngine({
      protocols: protocols.all,
      observer: 'bench',
      onFlow,
      onEvidence: () => {},
      onField: () => {},
      onObservation: () => {},
    });
  }

  /** @param time microseconds since 1970 */
  take(bytes: Uint8Array, view: DataView, offset: number, length: number, time: number): void {
    const packet = this.#packet;
    this.#frames += 1;
    packet.bytes = bytes;
    packet.view = view;
    packet.offset = offset;
    packet.captured = length;
    packet.length = length;
    packet.frame = this.#frames;
    packet.time = time;
    decode(packet);
    this.engine.packet(packet);
  }
}

/** Seconds of the processor that something takes, user and system. */
export function busySeconds(run: () => void): number {
  const begun = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

/** So that memory that is in use is told from memory that was. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}
