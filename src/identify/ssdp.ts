import type { Evidence } from '../model/evidence.ts';
import { fromDetail } from './details.ts';
import type { Conclusion, Identifier } from './identifier.ts';

const NAMES = [
  'ssdpserver',
  'upnpserver',
  'devicetype',
  'st',
  'nt',
  'friendlyname',
  'modelname',
  'modeldescription',
  'manufacturer',
];

/** The SSDP answer and the UPnP description behind it. */
export const ssdp = {
  id: 'ssdp',
  sources: ['UPnP Device Architecture 2.0 §1.3 SERVER, §2.3 device description'],
  conclude: (evidence: Evidence): readonly Conclusion[] => fromDetail(evidence, NAMES, 'likely'),
} as const satisfies Identifier;
