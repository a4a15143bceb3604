import type { Evidence } from '../model/evidence.ts';
import { fromDetail } from './details.ts';
import type { Conclusion, Identifier } from './identifier.ts';

const NAMES = [
  'server',
  'httpserver',
  'title',
  'httptitle',
  'realm',
  'httprealm',
  'generator',
  'poweredby',
];

/** What a web server says of itself: anybody may put anything there, so it is `likely`. */
export const http = {
  id: 'http',
  sources: ['RFC 9110 §10.2.4 Server, §11.5 realm; HTML title element'],
  conclude: (evidence: Evidence): readonly Conclusion[] => fromDetail(evidence, NAMES, 'likely'),
} as const satisfies Identifier;
