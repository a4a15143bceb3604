import { PortolanError } from '../../base/errors.ts';
import type { Problem } from '../../model/api/common.ts';

/** Somebody else changed it since it was read: 409, with what is there now. */
export class Conflict extends PortolanError {
  readonly current: NonNullable<Problem['current']>;

  constructor(message: string, current: NonNullable<Problem['current']>) {
    super('E_CONFLICT', message, {
      remedy: 'Look at the difference, take over what you need, and save again',
    });
    this.current = current;
  }
}
