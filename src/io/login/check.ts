import { setTimeout as pause } from 'node:timers/promises';
import { PortolanError } from '../../base/errors.ts';
import type { Device } from '../../model/device.ts';
import type { Service } from '../../model/service.ts';
import type { Store } from '../store/store.ts';
import type { LoginTarget } from './ask.ts';
import { ask } from './ask.ts';
import type { Credential, LoginProtocol, Outcome } from './credential.ts';
import { mqttLogin } from './mqtt-login.ts';
import { httpLogin, rtspLogin } from './text-login.ts';

export interface LoginCheck {
  readonly device: Device;
  readonly service: Service;
  readonly address: string;
  readonly credential: Credential;
  /** Why the person may do this. */
  readonly reason: string;
  readonly who: string;
  readonly now: number;
  /** A password may cross the network where anybody can read it. */
  readonly inTheClear: boolean;
}

/** `no-authentication`: it answered without; nothing was tried. */
export type LoginVerdict = { readonly kind: 'no-authentication' } | Outcome;

/** Milliseconds between the control and the attempt: one connection at a time, and no hurry. */
const GAP = 1000;

/**
 * Whether a device takes one credential, which is the person's own. First it is asked without: only
 * a device that then asks for a login is given one. At most one attempt is ever made for an account
 * of a service, which is written down before it is made.
 *
 * @throws PortolanError E_FRAGILE, E_LOGIN where it is not to be tried
 */
export async function checkLogin(store: Store, check: LoginCheck): Promise<LoginVerdict> {
  const { device, service, address, credential, inTheClear } = check;
  if (device.robustness === 'fragile') {
    throw new PortolanError('E_FRAGILE', `${device.id} is fragile: ${device.robustnessReason}`, {
      remedy: 'Log in with its own program; portolan does not',
    });
  }
  const entry = entryOf(check);
  if (store.auditLog().some(({ what }) => what === entry)) {
    throw new PortolanError('E_LOGIN', `This account was tried once, and is not tried again`, {
      remedy: 'A device may lock an account after a few: log in by hand',
    });
  }
  const locked = `a login was locked: ${placeOf(check)}`;
  refuseWhileLocked(store, locked, check.now);
  const protocol = protocolOf(service, address);
  const target: LoginTarget = {
    address,
    port: service.port,
    isEncrypted: service.over === 'tls',
  };
  const control = protocol.read(await ask(target, protocol.control, protocol.complete));
  if (control.kind === 'open') return { kind: 'no-authentication' };
  if (control.kind === 'locked') remember(store, check, locked);
  if (control.kind !== 'asks') return control;
  const attempt = control.attempt(credential);
  if (attempt.showsPassword && !target.isEncrypted && !inTheClear) {
    throw new PortolanError(
      'E_LOGIN',
      `${control.how} without encryption would show the password to whoever listens`,
      { remedy: 'If that is acceptable on this network add --in-the-clear; nothing was tried' },
    );
  }
  store.audit({ at: check.now, who: check.who, what: entry, why: check.reason });
  await pause(GAP);
  const outcome = attempt.read(await ask(target, attempt.question, attempt.complete));
  if (outcome.kind === 'locked') remember(store, check, locked);
  return outcome;
}

/** Milliseconds for which a device that said that it is locked is left alone. */
const REST = 86_400_000;

function refuseWhileLocked(store: Store, locked: string, now: number): void {
  if (!store.auditLog().some(({ what, at }) => what === locked && now - at < REST)) return;
  throw new PortolanError('E_LOGIN', 'It said within the last day that it is locked', {
    remedy: 'Leave it alone for a day, or log in by hand',
  });
}

function remember(store: Store, { now, who, reason }: LoginCheck, locked: string): void {
  store.audit({ at: now, who, what: locked, why: reason });
}

/** Of the account, without its password. */
function entryOf(check: LoginCheck): string {
  return `one login was tried: ${placeOf(check)} account ${JSON.stringify(check.credential.user)}`;
}

function placeOf({ device, service }: LoginCheck): string {
  return `${device.id} ${service.transport}/${service.port}`;
}

function protocolOf({ protocol, port, transport }: Service, address: string): LoginProtocol {
  const host = address.includes(':') ? `[${address}]` : address;
  switch (protocol) {
    case 'http':
      return httpLogin(port === 80 || port === 443 ? host : `${host}:${port}`);
    case 'rtsp':
      return rtspLogin(host, port);
    case 'mqtt':
      return mqttLogin;
    default:
      throw new PortolanError('E_LOGIN', `${protocol} on ${transport}/${port} is not tried`, {
        remedy: 'Logins of http (Basic, Digest), rtsp and mqtt can be checked',
      });
  }
}
