import { PortolanError } from '../../base/errors.ts';

export function changedByHand(): PortolanError {
  return new PortolanError('E_POLICY', 'Our table was changed by hand since it was applied', {
    remedy:
      'Look at the difference: portolan firewall drift; overwrite it: portolan apply --accept-drift',
  });
}

export function notWaiting(id: string): PortolanError {
  return new PortolanError('E_USAGE', `${id} does not wait to be confirmed`, {
    remedy: 'It may have been taken back: portolan firewall status',
  });
}

export function notInForce(id: string, confirmed: string | undefined): PortolanError {
  return new PortolanError(
    'E_USAGE',
    `${id} is not what is in force${confirmed === undefined ? '' : `: that is ${confirmed}`}`,
    { remedy: 'Take back what came after it first: portolan rollback' },
  );
}

export function stuck(id: string): PortolanError {
  return new PortolanError('E_APPLY_STUCK', `${id} could not be taken back`, {
    remedy: 'Look, and remove ours if in doubt: portolan firewall uninstall',
  });
}
