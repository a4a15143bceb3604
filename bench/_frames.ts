import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../lab/lab.ts';

/** A frame that the sensor sent or got; whatever is neither ARP nor IPv4 stays without addresses. */
export interface Frame {
  /** Seconds. */
  readonly at: number;
  readonly isSent: boolean;
  readonly isIpv4: boolean;
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Of TCP; 0 for all else. */
  readonly flags: number;
}

export const TCP = 6;
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

/** File header of pcap: 24 bytes; each record has 16 in front. */
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Linux cooked capture (LINKTYPE_LINUX_SLL), which tells the direction: 4 is "sent by us". */
const COOKED_HEADER = 16;
const SENT = 4;
const IPV4 = 0x0800;
const START_MILLISECONDS = 5000;
/** Frames that are on their way from the kernel to the file. */
const SETTLE_MILLISECONDS = 500;

/** What passes the sensor's interfaces while `body` runs: counted by tcpdump, not by who sends. */
export async function captured<T>(
  lab: Lab,
  filter: string,
  body: () => Promise<T>,
): Promise<{ readonly result: T; readonly frames: readonly Frame[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-capture-'));
  const file = join(folder, 'frames.pcap');
  const stop = new AbortController();
  const options = ['-i', 'any', '-y', 'LINUX_SLL', '-s', '96', '-B', '16384', '-U', '-Z', 'root'];
  const command = ['tcpdump', ...options, '-w', file, filter];
  const ended = lab.exec(command, { stop: stop.signal });
  try {
    await begun(file);
    const result = await body();
    await sleep(SETTLE_MILLISECONDS);
    stop.abort();
    await ended;
    return { result, frames: [...framesOf(readFileSync(file))] };
  } finally {
    stop.abort();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function begun(file: string): Promise<void> {
  for (let waited = 0; waited < START_MILLISECONDS; waited += 50) {
    if (existsSync(file) && statSync(file).size >= FILE_HEADER) return;
    await sleep(50);
  }
  throw new Error('tcpdump does not start. Is it installed? sudo apt install tcpdump');
}

function* framesOf(file: Buffer): Generator<Frame> {
  let at = FILE_HEADER;
  while (at + RECORD_HEADER <= file.length) {
    const length = file.readUInt32LE(at + 8);
    const seconds = file.readUInt32LE(at) + file.readUInt32LE(at + 4) / 1e6;
    yield frameOf(file.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length), seconds);
    at += RECORD_HEADER + length;
  }
}

function frameOf(bytes: Buffer, at: number): Frame {
  const isSent = bytes.readUInt16BE(0) === SENT;
  const isIpv4 = bytes.readUInt16BE(14) === IPV4;
  const packet = bytes.subarray(COOKED_HEADER);
  if (!isIpv4 || packet.length < 20) return { ...NO_ADDRESSES, at, isSent, isIpv4: false };
  const protocol = packet[9] ?? 0;
  const payload = packet.subarray(((packet[0] ?? 0) & 15) * 4);
  const hasPorts = payload.length >= 4;
  return {
    at,
    isSent,
    isIpv4,
    source: dotted(packet, 12),
    destination: dotted(packet, 16),
    protocol,
    sourcePort: hasPorts ? payload.readUInt16BE(0) : 0,
    destinationPort: hasPorts ? payload.readUInt16BE(2) : 0,
    flags: protocol === TCP ? (payload[13] ?? 0) : 0,
  };
}

const NO_ADDRESSES = {
  source: '',
  destination: '',
  protocol: 0,
  sourcePort: 0,
  destinationPort: 0,
  flags: 0,
};

function dotted(packet: Buffer, at: number): string {
  return packet.subarray(at, at + 4).join('.');
}

/** The most that lie within any one second; times are in seconds and in order. */
export function mostInASecond(times: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [index, time] of times.entries()) {
    while (time - (times[first] ?? time) >= 1) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
