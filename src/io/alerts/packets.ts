import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Names } from '../../alerts/names.ts';
import { visible } from '../../base/untrusted.ts';
import type { Alert } from '../../model/alert.ts';
import type { SliceOptions } from '../capture/slice.ts';
import { writeSlice } from '../capture/slice.ts';
import { subjectOfAlert } from './subject.ts';

/** Milliseconds around an alert that its packets have too: how it began. */
const AROUND = 60_000;
/** Files that are looked through, the newest. */
const FILES = 32;

/**
 * What of a capture speaks for an alert: the device's packets, from a minute before the first signal
 * to a minute after the last.
 */
export function sliceOfAlert(
  alert: Alert,
  names: Names,
): Pick<SliceOptions, 'subject' | 'comment' | 'takes'> {
  const [begin, end] = [(alert.first.at - AROUND) * 1000, (alert.last.at + AROUND) * 1000];
  const subject = subjectOfAlert(alert.last, names);
  return {
    // A port is an address's; by its MAC a router would be taken for all behind it.
    subject:
      subject.addresses.length > 0 && subject.port !== undefined
        ? { ...subject, macs: [] }
        : subject,
    comment: visible(`${alert.id}: ${alert.last.summary}`),
    takes: ({ time }) => time >= begin && time <= end,
  };
}

/**
 * Captures beside the database (`captures/*.pcap`, `*.pcapng`) that were still written to when the
 * alert began, newest first.
 */
export function capturesFor(database: string, alert: Alert): readonly string[] {
  if (database === ':memory:') return [];
  const folder = join(database, '..', 'captures');
  return namesIn(folder)
    .filter((name) => /\.pcap(?:ng)?(?:\d{1,6})?$/.test(name))
    .map((name) => join(folder, name))
    .map((file) => ({ file, at: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .filter(({ at }) => at >= alert.first.at - AROUND)
    .sort((a, b) => b.at - a.at)
    .slice(0, FILES)
    .map(({ file }) => file);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Nobody keeps packets.
    return [];
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
