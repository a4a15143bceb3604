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

/** Somebody else changed it since it was read: what is there now goes with the answer. */
export function changedBetween(message: string, current: NonNullable<Problem['current']>): Refusal {
  const remedy = 'Look at the difference, take over what you need, and save again';
  return new Refusal(409, 'E_CONFLICT', message, { remedy, current });
}

export function unmatched(): Refusal {
  return new Refusal(428, 'E_CONFLICT', 'It is not said which version is to be changed', {
    remedy: 'Read it first, and send its ETag as If-Match.',
  });
}

/** Soon after the start, with much in the store. */
export function stillReading(): Refusal {
  return new Refusal(503, 'E_STORE_BUSY', 'What is stored is still being read', {
    remedy: 'Ask again in a moment; GET /api/v1/status says how far it is.',
    headers: { 'retry-after': '2' },
  });
}
