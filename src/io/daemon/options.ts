import type { LoadedConfig } from '../config.ts';
import type { Helpers } from './helpers.ts';

/** What a daemon is started with. */
export interface DaemonOptions {
  /** Of the product. */
  readonly version: string;
  readonly config: LoadedConfig;
  /** The processes that hold a right, opened before this one gave up its own. */
  readonly helpers: Helpers;
  /** So long all that is done is taken as usual. */
  readonly learnDays: number;
  /** `6h`: scans the configured scope; without it nothing is sent that nobody asked for. */
  readonly scanEvery?: string;
}
