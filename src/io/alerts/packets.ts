import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Names } from '../../alerts/names.ts';
import { parseAddress } from '../../base/address.ts';
import { PortolanError } from '../../base/errors.ts';
import { visible } from '../../base/untrusted.ts';
import type { Alert } from '../../model/alert.ts';
import { beginOfKept } from '../capture/kept-frames.ts';
import type { SliceOptions } from '../capture/slice.ts';
import { holdsAny, writeSlice } from '../capture/slice.ts';
import { subjectOfAlert } from './subject.ts';

/** Milliseconds around an alert that its packets have too: how it began. */
const AROUND = 30_000;
/** Files that are looked through, the newest. */
const FILES = 32;
/** Packets that are given out at once. */
export const MOST_PACKETS = 2000;
/** Milliseconds for which it is looked whether there are any: large files of others may be there. */
const LOOK = 2000;

/**
 * What of a capture speaks for an alert: the device's packets, with the peer and at the port where it
 * is about one, from half a minute before the first signal to half a minute after the last. Numbers of
 * frames would mean nothing: files that follow each other begin anew.
 */
export function sliceOfAlert(
  alert: Alert,
  names: Names,
): Pick<SliceOptions, 'subject' | 'comment' | 'takes'> {
  const [begin, end] = [(alert.first.at - AROUND) * 1000, (alert.last.at + AROUND) * 1000];
  const subject = subjectOfAlert(alert.last, names);
  const { peer } = alert.last;
  const isBetweenTwo = peer !== undefined && parseAddress(peer) !== undefined;
  return {
    subject: {
      ...subject,
      // A port is an address's; by its MAC a router would be taken for all behind it.
      ...(subject.addresses.length > 0 && subject.port !== undefined ? { macs: [] } : {}),
      ...(isBetweenTwo ? { peer } : {}),
    },
    comment: visible(`${alert.id}: ${alert.last.summary}`),
    takes: ({ time }) => time >= begin && time <= end,
  };
}

/** Where captures lie that are looked through, for a data folder. */
export function captureFolder(data: string): string {
  return join(data, 'captures');
}

/**
 * Captures beside the database (`captures/*.pcap`, `*.pcapng`) that were still written to when the
 * alert began, oldest first.
 */
export function capturesFor(database: string, alert: Alert): readonly string[] {
  if (database === ':memory:') return [];
  const folder = captureFolder(dirname(database));
  const end = alert.last.at + AROUND;
  return namesIn(folder)
    .filter((name) => /\.pcap(?:ng)?(?:\d{1,6})?$/.test(name) && (beginOfKept(name) ?? 0) <= end)
    .map((name) => join(folder, name))
    .map((file) => ({ file, at: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .filter(({ at }) => at >= alert.first.at - AROUND)
    .sort((a, b) => b.at - a.at)
    .slice(0, FILES)
    .map(({ file }) => file)
    .reverse();
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Nobody keeps packets.
    return [];
  }
}

/** Whether the captures have packets of an alert, as far as one sees that soon. */
export async function hasPackets(alert: Alert, names: Names, database: string): Promise<boolean> {
  const from = capturesFor(database, alert);
  if (from.length === 0) return false;
  const signal = AbortSignal.timeout(LOOK);
  try {
    return await holdsAny({ ...sliceOfAlert(alert, names), from, signal });
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    // It went meanwhile, or is somebody else's: the alert is shown all the same.
    return false;
  }
}

/** The packets of an alert as a pcapng; undefined where the captures have none. */
export async function packetsOf(
  alert: Alert,
  names: Names,
  options: Pick<SliceOptions, 'from' | 'application' | 'most' | 'signal'>,
): Promise<Uint8Array | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-evidence-'));
  try {
    const output = join(folder, 'evidence.pcapng');
    const { packets } = await writeSlice({ ...options, ...sliceOfAlert(alert, names), output });
    return packets === 0 ? undefined : readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
