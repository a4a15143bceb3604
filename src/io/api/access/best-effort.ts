import { PortolanError } from '../../../base/errors.ts';

/** For what is good to know and nothing depends on: a full disk is no reason to let nobody look. */
export function bestEffort(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
  }
}
