import type { Severity } from '../model/core.ts';
import type { Judgement, RiskRule, ServiceContext } from './risk-rule.ts';
import { AUTHENTICATION, ETSI } from './shared/clauses.ts';
import { PUBLIC } from './shared/roles.ts';
import { isKnown, judged, titleOf, where } from './shared/say.ts';

export const openAccess = {
  id: 'open-access',
  title: 'Answers without asking who is there',
  threat: 'unauthorised-access',
  sources: [
    `${ETSI} provisions 5.5-4 and 5.5-5`,
    'NIST IR 8425 (2022-09), Interface Access Control',
  ],
  clauses: AUTHENTICATION,
  check,
} as const satisfies RiskRule;

const STORE = 'Anybody on the network can read the data in it, change it and delete it.';

const OPERATE = 'Anybody on the network can operate it as its app does.';

/**
 * What one gets: a store its data, a gadget its switch, a broker or queue every message and command
 * of the house, a camera its picture. Others are medium: something can be read, and nobody showed
 * that it can be changed.
 */
const GAINS: ReadonlyMap<string, readonly [Severity, string]> = new Map([
  ['tplink-kasa', ['high', OPERATE]],
  ['esphome-api', ['high', OPERATE]],
  ['miio', ['high', OPERATE]],
  ['redis', ['high', STORE]],
  ['mongodb', ['high', STORE]],
  ['memcached', ['high', STORE]],
  ['mysql', ['high', STORE]],
  ['postgresql', ['high', STORE]],
  [
    'mqtt',
    [
      'high',
      'Anybody on the network can read every message and give commands to the devices behind it.',
    ],
  ],
  ['amqp', ['high', 'Anybody on the network can read the queues and put messages into them.']],
  ['rtsp', ['high', 'Anybody on the network can watch and hear what the camera sees and hears.']],
  [
    'coap',
    ['medium', 'Anybody on the network can ask for the device’s resources, and try to set them.'],
  ],
  ['ftp', ['medium', 'Anybody on the network can fetch files, and perhaps leave some.']],
] as const);

function check(context: ServiceContext): Judgement | undefined {
  const { service } = context;
  if (!isKnown(service) || service.access !== 'open' || PUBLIC.has(service.protocol))
    return undefined;
  const [severity, impact] = GAINS.get(service.protocol) ?? [
    'medium',
    'Anybody on the network can use it, since it does not ask who is there.',
  ];
  return judged(context, {
    severity,
    summary: `${titleOf(context)} on ${where(service)} answered with no authentication.`,
    impact,
    remedy: `Switch on a login in the device's settings; until then let only the devices that need it reach ${where(service)}.`,
  });
}
