import { reveal } from '../base/untrusted.ts';
import type { Evidence } from '../model/evidence.ts';
import { conclusionsFrom } from './families.ts';
import type { Conclusion, Identifier } from './identifier.ts';

/** Names that firmware makes up from its own kind and the end of its MAC. */
const DEFAULTS: readonly {
  readonly pattern: RegExp;
  readonly conclusions: readonly Conclusion[];
}[] = [
  // Arduino and ESP-IDF: `ESP_98F4AB`, `esp32-1A2B3C`, `espressif`.
  {
    pattern: /^esp(32|8266)?[-_][0-9a-f]{4,12}$/i,
    conclusions: [{ name: 'vendor', value: 'Espressif', certainty: 'hint' }],
  },
  // Android before 8 asked for a lease as `android-<16 hex digits>`.
  {
    pattern: /^android-[0-9a-f]{8,16}$/i,
    conclusions: [
      { name: 'os', value: 'Android', certainty: 'likely' },
      { name: 'kind', value: 'phone', certainty: 'likely' },
    ],
  },
  // JetDirect: `NPI` and the last three octets of the MAC.
  {
    pattern: /^npi[0-9a-f]{6}$/i,
    conclusions: [
      { name: 'vendor', value: 'HP', certainty: 'likely' },
      { name: 'kind', value: 'printer', certainty: 'likely' },
    ],
  },
  // Brother: `BRN` (cable) or `BRW` (wireless) and the MAC.
  {
    pattern: /^br[nw][0-9a-f]{12}$/i,
    conclusions: [
      { name: 'vendor', value: 'Brother', certainty: 'likely' },
      { name: 'kind', value: 'printer', certainty: 'likely' },
    ],
  },
  // Windows set-up: `DESKTOP-` or `LAPTOP-` and seven characters.
  {
    pattern: /^(desktop|laptop)-[0-9a-z]{7}$/i,
    conclusions: [
      { name: 'os', value: 'Windows', certainty: 'likely' },
      { name: 'kind', value: 'computer', certainty: 'likely' },
    ],
  },
];

/** What a host name gives away; a person may have chosen it, so the words in it are hints. */
export const hostname = {
  id: 'hostname',
  sources: ['RFC 2132 §3.14 host name option', 'RFC 6762 §3 host names'],
  conclude,
} as const satisfies Identifier;

function conclude({ fact }: Evidence): readonly Conclusion[] {
  const name = nameIn(fact);
  if (name === undefined) return [];
  const host = name.replace(/\.local\.?$/i, '');
  const fit = DEFAULTS.find(({ pattern }) => pattern.test(host));
  return fit?.conclusions ?? conclusionsFrom(host, 'hint').filter(({ name: of }) => of !== 'os');
}

function nameIn(fact: Evidence['fact']): string | undefined {
  if (fact.kind === 'attribute' && fact.name === 'name') return reveal(fact.value);
  if (fact.kind === 'identifier' && fact.scheme === 'mdns') return reveal(fact.value);
  return undefined;
}
