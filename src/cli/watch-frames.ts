import { closeSync, openSync } from 'node:fs';
import { PortolanError } from '../base/errors.ts';
import type { FilePlan } from '../io/capture/capture-files.ts';
import { CaptureFiles, unwritable } from '../io/capture/capture-files.ts';
import { PcapWriter } from '../io/capture/pcap-writer.ts';
import type { User } from '../io/capture/rights.ts';
import { asUser } from '../io/capture/rights.ts';
import type { Packet } from '../wire/packet.ts';
import type { Input } from './command.ts';

/** tcpdump(1), -C: "units of millions of bytes (1,000,000 bytes, not 1,048,576 bytes)". */
const MEGABYTE = 1_000_000;

/** Where the frames go that `-w` asks for. */
export interface Frames {
  readonly snaplen: number;
  /** For the helper: an open file, or who takes them where one file follows the other. */
  readonly live: number | ((packet: Packet) => void);
  /** Of a capture that is read. */
  take(packet: Packet): void;
  /** Now and then, so that others can read along. @throws PortolanError E_OUTPUT */
  flush(): void;
  /** @throws PortolanError E_OUTPUT what kept frames from being written */
  close(): void;
}

/**
 * @param onFull called once, when no more frames are wanted or none can be written
 * @throws PortolanError E_USAGE, E_OUTPUT
 */
export function openFrames(
  input: Input,
  user: User | undefined,
  onFull: () => void,
): Frames | undefined {
  const plan = planOf(input);
  if (plan === undefined) return undefined;
  const rotates = plan.seconds !== undefined || plan.octets !== undefined;
  return rotates ? new SeveralFiles(plan, onFull) : new OneFile(plan, user);
}

/** @throws PortolanError E_USAGE */
function planOf(input: Input): FilePlan | undefined {
  const seconds = numberOf(input, 'rotateSeconds', '-G', 'seconds', '-G 3600');
  const megabytes = numberOf(input, 'fileSize', '-C', 'megabytes', '-C 100');
  const files = numberOf(input, 'fileCount', '-W', 'files', '-W 24');
  const snaplen = numberOf(input, 'snaplen', '-s', 'octets', '-s 96', 0) ?? 0;
  const name = input.text('write');
  const rotates = seconds !== undefined || megabytes !== undefined;
  if (rotates && (name === undefined || name === '-')) {
    throw usage('-G and -C are for files', 'Name them: -w FILE');
  }
  if (files !== undefined && !rotates) {
    throw usage('-W counts files of -G or -C', 'Say when one is full: -C 100 -W 24');
  }
  if (name === undefined) return undefined;
  return {
    name,
    snaplen,
    ...(seconds === undefined ? {} : { seconds }),
    ...(megabytes === undefined ? {} : { octets: megabytes * MEGABYTE }),
    ...(files === undefined ? {} : { files }),
  };
}

function numberOf(
  input: Input,
  name: string,
  flag: string,
  what: string,
  example: string,
  least = 1,
): number | undefined {
  const text = input.text(name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d{1,9}$/.test(text) && number >= least) return number;
  const from = least === 0 ? '0 or more' : 'above 0';
  throw usage(
    `"${text}" is no number of ${what} for ${flag}`,
    `Use a whole number ${from}: ${example}`,
  );
}

function usage(message: string, remedy: string): PortolanError {
  return new PortolanError('E_USAGE', message, { remedy });
}

/** The helper writes it itself: nothing passes through this process. */
class OneFile implements Frames {
  readonly snaplen: number;
  readonly live: number;
  #writer: PcapWriter | undefined;
  #linkType = -1;

  constructor({ name, snaplen }: FilePlan, user: User | undefined) {
    this.snaplen = snaplen;
    this.live = name === '-' ? 1 : open(name, user);
  }

  take(packet: Packet): void {
    if (this.#writer === undefined) {
      this.#linkType = packet.linkType;
      this.#writer = new PcapWriter(this.live, packet.linkType, this.snaplen);
    }
    // A pcap holds one link type; a pcapng that is read may mix several.
    if (packet.linkType === this.#linkType) this.#writer.write(packet);
  }

  flush(): void {
    this.#writer?.flush();
  }

  close(): void {
    this.flush();
    if (this.live > 2) closeSync(this.live);
  }
}

/** The helper may open nothing, so its frames come here and this process, with its user's rights, writes. */
class SeveralFiles implements Frames {
  readonly snaplen: number;
  readonly live = (packet: Packet): void => this.take(packet);
  readonly #files: CaptureFiles;
  readonly #onFull: () => void;
  #isFull = false;
  #error: unknown;

  constructor(plan: FilePlan, onFull: () => void) {
    this.snaplen = plan.snaplen;
    this.#files = new CaptureFiles(plan);
    this.#onFull = onFull;
  }

  take(packet: Packet): void {
    if (this.#isFull) return;
    try {
      this.#isFull = !this.#files.write(packet);
    } catch (error) {
      this.#isFull = true;
      this.#error = error;
    }
    if (this.#isFull) this.#onFull();
  }

  flush(): void {
    if (!this.#isFull) this.#files.flush();
  }

  close(): void {
    this.#files.close();
    if (this.#error !== undefined) throw this.#error;
  }
}

function open(file: string, user: User | undefined): number {
  try {
    return asUser(user, () => openSync(file, 'w', 0o600));
  } catch (error) {
    throw unwritable(file, error);
  }
}
