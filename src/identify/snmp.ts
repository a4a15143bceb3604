import type { Evidence } from '../model/evidence.ts';
import { fromDetail } from './details.ts';
import type { Conclusion, Identifier } from './identifier.ts';

const NAMES = ['sysdescr', 'snmpsysdescr', 'systemdescription', 'sysname', 'sysobjectid'];

/** The description that an SNMP agent gives of its system. */
export const snmp = {
  id: 'snmp',
  sources: ['RFC 3418 sysDescr, sysName'],
  conclude: (evidence: Evidence): readonly Conclusion[] => fromDetail(evidence, NAMES, 'likely'),
} as const satisfies Identifier;
