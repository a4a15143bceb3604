import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Captures with published truth; they lie beside the repository and are no part of it. */
export const CAPTURES = process.env['PORTOLAN_CAPTURES'] ?? resolve('../shared/captures');

export function hasTruth(): boolean {
  return existsSync(join(CAPTURES, 'truth/protocol.jsonl'));
}

export interface FlowTruth {
  readonly file: string;
  readonly src: string;
  readonly dst: string;
  readonly transport: string;
  readonly protocol: string;
  /** Other names that are right too. */
  readonly also?: readonly string[];
}

export interface FieldTruth {
  readonly file: string;
  readonly field: string;
  readonly value: string;
  /** Not all values of that field are listed. */
  readonly partial?: boolean;
}

export interface CaptureTruth {
  readonly file: string;
  readonly packets: number;
  readonly format?: string;
  readonly interfaces?: number;
  readonly bytes?: number;
  readonly ok?: boolean;
}

export const truth = {
  flows: (): readonly FlowTruth[] => lines('protocol'),
  fields: (): readonly FieldTruth[] => lines('fields'),
  captures: (): readonly CaptureTruth[] => lines('capture'),
};

function lines<T>(name: string): readonly T[] {
  return readFileSync(join(CAPTURES, `truth/${name}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): T => JSON.parse(line));
}
