import type { Transport } from '../model/core.ts';
import type { Citation } from './dossier.ts';

/** A number whose registered name is not what IoT devices use it for, or that has none. */
export interface RealUse {
  readonly port: number;
  readonly transport: Transport;
  /** Who uses it, for what. */
  readonly use: string;
  readonly source: Citation;
}

export function realUses(
  uses: readonly RealUse[],
  port: number,
  transport?: string,
): readonly RealUse[] {
  return uses.filter(
    (use) => use.port === port && (transport === undefined || use.transport === transport),
  );
}
