import type { Service } from '../model/service.ts';
import type { DeviceContext, Judgement, RiskRule } from './risk-rule.ts';
import { ETSI, UNIVERSAL_SECRET } from './shared/clauses.ts';
import { detailOf, isKnown, nameOf, where } from './shared/say.ts';

export const factoryLogin = {
  id: 'factory-login',
  title: 'A login of a kind that is delivered alike to everybody',
  threat: 'unauthorised-access',
  sources: [
    `${ETSI} provision 5.1-1: no universal passwords`,
    'CWE-1392 (4.15, 2024-07), use of default credentials',
  ],
  clauses: UNIVERSAL_SECRET,
  checkDevice,
} as const satisfies RiskRule;

/** Protocols that ask everybody who they are, whether or not they were seen doing it. */
const ALWAYS_ASK: ReadonlySet<string> = new Set(['ssh', 'telnet', 'ftp']);

/**
 * Only a hint, and low: it is a fact about the kind of device, and whether this one still has it is
 * for its owner to look at. Passwords are never tried: a device locks itself after a few, and a
 * guess is what an intruder does. A service that lets everybody in has no login, and is told by
 * `open-access`.
 */
function checkDevice({ device, services, tools }: DeviceContext): readonly Judgement[] {
  const locked = services.filter(asks);
  const login = locked.length === 0 ? undefined : tools.factoryLogin?.(device, services);
  if (login === undefined || (login.how !== 'shared' && login.how !== 'empty')) return [];
  const asking = locked.filter(({ protocol }) => login.protocols.includes(protocol));
  const [first] = asking;
  if (first === undefined) return [];
  const account = login.user === undefined ? '' : ` (account "${login.user}")`;
  const what = login.how === 'shared' ? 'one login for all of them' : 'a login without a password';
  return [
    {
      severity: 'low',
      certainty: 'hint',
      summary: `${nameOf(device)} asks for a login on ${asking.map(where).join(', ')}, and its kind is documented to be delivered with ${what}${account}: ${login.applies}.`,
      impact:
        'Where the owner never changed it, anybody on the network can log in; nobody tried, so whether it is so is not known.',
      remedy: `Log in yourself and set a password of its own; portolan does not try passwords. Document: ${login.source.document} (${login.source.date}).`,
      evidence: [...new Set(asking.flatMap(({ evidence }) => evidence))].slice(0, 32),
      port: first.port,
      transport: first.transport,
    },
  ];
}

function asks(service: Service): boolean {
  if (!isKnown(service) || service.access === 'open') return false;
  const seen = service.access === 'credentials' || detailOf(service, 'realm') !== undefined;
  return seen || ALWAYS_ASK.has(service.protocol);
}
