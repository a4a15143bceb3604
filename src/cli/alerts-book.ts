import type { Known } from '../alerts/book.ts';
import { AlertBook } from '../alerts/book.ts';
import { PortolanError } from '../base/errors.ts';
import type { Session } from '../io/site/session.ts';

/** Resolved alerts that `list` and `expect` look back on. */
const LOOK_BACK = 50_000;

export function bookOf({ store }: Session): AlertBook {
  return new AlertBook(store.alerts(), LOOK_BACK);
}

/** @throws PortolanError E_NOT_FOUND */
export function findAlert(book: AlertBook, id: string): Known {
  const wanted = id.toUpperCase();
  const known = book.get(wanted) ?? book.get(`PTL-A-${wanted}`);
  if (known !== undefined) return known;
  throw new PortolanError('E_NOT_FOUND', `There is no alert "${id}"`, {
    remedy: 'List them: portolan alerts list --state all',
  });
}
