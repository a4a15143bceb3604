import { readFileSync } from 'node:fs';
import { PortolanError } from '../base/errors.ts';
import type { LoginVerdict } from '../io/login/check.ts';
import { checkLogin } from '../io/login/check.ts';
import { scopeOf } from '../io/scan/scope.ts';
import type { Session } from '../io/site/session.ts';
import { findDevice, who, withSession } from '../io/site/session.ts';
import type { Device } from '../model/device.ts';
import type { Service } from '../model/service.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';

const SENTENCES: Readonly<Record<LoginVerdict['kind'], string>> = {
  'no-authentication':
    'it answers without any login: no authentication is asked for, and nothing was tried',
  accepted: 'it takes this login',
  refused: 'it does not take this login',
  locked: 'it says that it is locked or overloaded: leave it alone for a while',
  unclear: 'what it answered tells nothing',
};

export function runCheckLogin(shell: Shell, input: Input): Promise<number> {
  const [wanted = '', port = ''] = input.args;
  const user = need(input, 'user', '--user');
  const file = need(input, 'passwordFile', '--password-file');
  const reason = need(input, 'iAmAuthorised', '--i-am-authorised');
  return withSession(shell, async (session) => {
    const device = findDevice(session.site(), wanted);
    const service = serviceOf(session, device, port);
    const verdict = await checkLogin(session.store, {
      device,
      service,
      address: reachable(device),
      credential: { user, password: passwordIn(file) },
      reason,
      who: who(),
      now: shell.now(),
      inTheClear: input.flag('inTheClear'),
    });
    const place = { device: device.id, transport: service.transport, port: service.port };
    if (shell.json) shell.out(jsonDocument('login', { ...place, user, verdict }));
    else {
      const why = 'why' in verdict ? ` (${verdict.why})` : '';
      shell.out(
        `${device.id} ${place.transport}/${place.port}: ${SENTENCES[verdict.kind]}${why}\n`,
      );
    }
    return verdict.kind === 'locked' || verdict.kind === 'unclear' ? 5 : 0;
  });
}

function need(input: Input, name: string, flag: string): string {
  const text = input.text(name)?.trim() ?? '';
  if (text !== '') return text;
  throw new PortolanError('E_USAGE', `${flag} is missing`, {
    remedy: 'See: portolan check-login --help',
  });
}

function serviceOf(session: Session, device: Device, text: string): Service {
  const port = Number(text.split('/')[0]);
  const found = session
    .site()
    .services.find(
      (one) =>
        one.device === device.id &&
        one.port === port &&
        one.transport === 'tcp' &&
        one.state === 'open' &&
        one.certainty !== 'hint',
    );
  if (found !== undefined) return found;
  throw new PortolanError('E_NOT_FOUND', `${device.id} has no service on ${text} that was seen`, {
    remedy: `List them: portolan services ${device.id}`,
  });
}

/** @throws PortolanError E_SCOPE */
function reachable(device: Device): string {
  const scope = scopeOf({ wanted: [], exclude: [] });
  const address = device.addresses.find((one) => scope.allows(one));
  if (address !== undefined) return address;
  throw new PortolanError('E_SCOPE', `${device.id} is on no private network of this machine`, {
    remedy: 'Check it from its own network',
  });
}

/** Octets of a password file that are read. */
const LARGEST = 4096;

function passwordIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, LARGEST).split(/\r?\n/)[0] ?? '';
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PortolanError('E_INPUT_UNREADABLE', `${file} cannot be read: ${why}`, {
      remedy: 'Check its name and its permissions',
      cause,
    });
  }
}
