import type { ErrorCode } from '../../base/errors.ts';
import { PortolanError } from '../../base/errors.ts';
import type { Problem } from '../../model/api/common.ts';

export interface RefusalOptions {
  readonly remedy: string;
  readonly cause?: unknown;
  /** Where in what was sent. */
  readonly at?: Problem['at'];
  /** What is there now, with 409. */
  readonly current?: Problem['current'];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is a refusal, where the status does not follow from the code alone. */
export class Refusal extends PortolanError {
  readonly status: number;
  readonly at: Problem['at'];
  readonly current: Problem['current'];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: ErrorCode, message: string, options: RefusalOptions) {
    super(code, message, options);
    this.status = status;
    this.at = options.at;
    this.current = options.current;
    this.headers = options.headers ?? {};
  }
}

/** Soon after the start, with much in the store. */
export function stillReading(): Refusal {
  return new Refusal(503, 'E_STORE_BUSY', 'What is stored is still being read', {
    remedy: 'Ask again in a moment; GET /api/v1/status says how far it is.',
    headers: { 'retry-after': '2' },
  });
}
