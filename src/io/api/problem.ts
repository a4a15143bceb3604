import type { ErrorCode } from '../../base/errors.ts';
import { PortolanError } from '../../base/errors.ts';
import type { Problem } from '../../model/api/common.ts';
import { Refusal } from './refusal.ts';

/** Status of each code where nothing else was said (RFC 9110 15). */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  E_USAGE: 422,
  E_TARGET: 422,
  E_PORTS: 422,
  E_CONFIG: 422,
  E_FILTER: 400,
  E_POLICY: 422,
  E_NOT_FOUND: 404,
  E_REQUEST: 400,
  E_INPUT_MALFORMED: 422,
  E_INPUT_UNREADABLE: 422,
  E_STORE_FOREIGN: 503,
  E_STORE_NEWER: 503,
  E_STORE_BUSY: 503,
  E_STORE_DAMAGED: 503,
  E_DISK_FULL: 507,
  E_OUTPUT: 503,
  E_NETWORK: 502,
  E_NO_PERMISSION: 503,
  E_MISSING_TOOL: 503,
  E_SIGN_IN: 401,
  E_FORBIDDEN: 403,
  E_PARTIAL: 503,
  E_TOO_MANY: 429,
  E_SCOPE: 422,
  E_CONFLICT: 409,
  E_FRAGILE: 422,
  E_LOGIN: 422,
  E_POLICY_UNSUPPORTED: 422,
  E_APPLY_ROLLED_BACK: 409,
  E_APPLY_STUCK: 500,
  E_BUG: 500,
};

const TITLE: Readonly<Record<number, string>> = {
  400: 'Not understood',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Not done to this',
  409: 'Changed in between',
  412: 'Changed in between',
  413: 'Too large',
  415: 'Not JSON',
  421: 'Not this machine',
  422: 'Does not fit',
  428: 'Say which version',
  429: 'Too many',
  500: 'Failed',
  502: 'The network failed',
  503: 'Not possible now',
  507: 'Disk full',
};

export interface ProblemAnswer {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is told of an error: of a bug nothing but that there is one. */
export function problemOf(error: unknown): ProblemAnswer {
  if (!(error instanceof PortolanError)) return bug();
  const { code, remedy, message, excerpt } = error;
  const refusal = error instanceof Refusal ? error : undefined;
  const status = refusal?.status ?? STATUS[code];
  const at = refusal?.at ?? (excerpt === undefined ? undefined : placeOf(excerpt.at, message));
  return {
    problem: {
      type: `errors#${code}`,
      title: TITLE[status] ?? 'Failed',
      status,
      detail: message,
      code,
      remedy,
      ...(at === undefined ? {} : { at }),
      ...(refusal?.current === undefined ? {} : { current: refusal.current }),
    },
    headers: {
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="portolan"' } : {}),
      ...refusal?.headers,
    },
  };
}

function placeOf(character: number, message: string): Problem['at'] {
  return [{ pointer: `#char=${character}`, message }];
}

function bug(): ProblemAnswer {
  return {
    problem: {
      type: 'errors#E_BUG',
      title: 'Failed',
      status: 500,
      detail: 'Something failed that should not; nothing more is said here',
      code: 'E_BUG',
      remedy: 'Look into the log of the daemon, and report it with what stands there.',
    },
    headers: {},
  };
}
