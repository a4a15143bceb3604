import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const FEEDS = join(import.meta.dirname, '../../fixtures/feeds');
export const NVD = join(FEEDS, 'nvdcve-2.0-sample.json');
export const KEV = join(FEEDS, 'known_exploited_vulnerabilities.json');
export const CSAF = join(FEEDS, 'icsa-21-152-01.json');

export function json(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The items of the list that a streamed feed has. */
export function itemsOf(file: string): readonly unknown[] {
  const { vulnerabilities }: { vulnerabilities: unknown[] } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  return vulnerabilities;
}
