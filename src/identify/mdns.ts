import type { Evidence } from '../model/evidence.ts';
import { fromDetail } from './details.ts';
import type { Conclusion, Identifier } from './identifier.ts';

const NAMES = [
  'txt',
  'instance',
  'mdnsinstance',
  'md',
  'ty',
  'product',
  'usbmfg',
  'usbmdl',
  'am',
  'fn',
];

/** The instance names and TXT pairs of DNS-SD. */
export const mdns = {
  id: 'mdns',
  sources: ['RFC 6763 §6 TXT records, §4.1 instance names'],
  conclude: (evidence: Evidence): readonly Conclusion[] => fromDetail(evidence, NAMES, 'likely'),
} as const satisfies Identifier;
