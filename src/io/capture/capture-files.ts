import { closeSync, openSync } from 'node:fs';
import { PortolanError } from '../../base/errors.ts';
import type { Packet } from '../../wire/packet.ts';
import { numberedName, timedName } from './file-names.ts';
import { PcapWriter } from './pcap-writer.ts';

/** When a file is full, and what the next one is called: as tcpdump(1) has -w, -G, -C and -W. */
export interface FilePlan {
  /** With conversions of strftime(3) where files change by time. */
  readonly name: string;
  /** Octets of each frame that are written at most; 0 for all. */
  readonly snaplen: number;
  /** Seconds after which a new file begins, by the frames' own time. */
  readonly seconds?: number;
  /** Octets after which a new file begins. */
  readonly octets?: number;
  /** Files by size: so many, then the first again. Files by time: so many, then it is over. */
  readonly files?: number;
}

/** Microseconds, as frames count. */
const SECOND = 1_000_000;

/** Frames in files that follow each other. All have the link type of the first frame. */
export class CaptureFiles {
  readonly #plan: FilePlan;
  #fd: number | undefined;
  #writer: PcapWriter | undefined;
  #linkType = -1;
  /** Of the frame with which the present time began; microseconds. */
  #began = 0;
  #times = 0;
  #number = 0;
  #isOver = false;

  constructor(plan: FilePlan) {
    this.#plan = plan;
  }

  /**
   * @returns whether there is room for more
   * @throws PortolanError E_OUTPUT
   */
  write(packet: Packet): boolean {
    if (this.#isOver) return false;
    if (this.#writer === undefined) this.#begin(packet);
    // A pcap holds one link type; a pcapng that is read may mix several.
    if (packet.linkType !== this.#linkType) return true;
    this.#turn(packet);
    if (this.#isOver) return false;
    this.#checked(() => this.#writer?.write(packet));
    return true;
  }

  flush(): void {
    this.#checked(() => this.#writer?.flush());
  }

  close(): void {
    this.flush();
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#writer = undefined;
  }

  #begin(packet: Packet): void {
    this.#linkType = packet.linkType;
    this.#began = packet.time;
    this.#open();
  }

  /** Time goes first: with a new time the numbers begin again. */
  #turn({ time }: Packet): void {
    const { seconds, octets, files } = this.#plan;
    if (seconds !== undefined && time - this.#began >= seconds * SECOND) {
      this.#times += 1;
      this.#isOver = octets === undefined && files !== undefined && this.#times >= files;
      this.#began = time;
      this.#number = 0;
      this.#next();
    } else if (octets !== undefined && (this.#writer?.size ?? 0) > octets) {
      this.#number += 1;
      if (seconds === undefined && files !== undefined) this.#number %= files;
      this.#next();
    }
  }

  #next(): void {
    this.close();
    if (!this.#isOver) this.#open();
  }

  #open(): void {
    const file = this.#fileName();
    this.#fd = this.#checked(() => openSync(file, 'w', 0o600));
    this.#writer = new PcapWriter(this.#fd, this.#linkType, this.#plan.snaplen);
  }

  #fileName(): string {
    const { name, seconds, octets, files } = this.#plan;
    const timed = seconds === undefined ? name : timedName(name, new Date(this.#began / 1000));
    return octets === undefined ? timed : numberedName(timed, this.#number, files);
  }

  #checked<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw unwritable(this.#plan.name, error);
    }
  }
}

/** Why frames cannot be written there, for whoever asked for it. */
export function unwritable(file: string, error: unknown): PortolanError {
  const why = error instanceof Error ? error.message : String(error);
  return new PortolanError('E_OUTPUT', `${file} cannot be written: ${why}`, {
    remedy: 'Choose another place: -w FILE',
    cause: error,
  });
}
