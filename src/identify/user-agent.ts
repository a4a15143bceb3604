import { reveal } from '../base/untrusted.ts';
import type { Evidence } from '../model/evidence.ts';
import { plainName } from './details.ts';
import { conclusionsFrom } from './families.ts';
import type { Conclusion, Identifier } from './identifier.ts';

/** What stands in the comment of a browser's or library's name, the more particular first. */
const SYSTEMS: readonly {
  readonly word: string;
  readonly os?: string;
  readonly kind?: string;
  readonly vendor?: string;
}[] = [
  { word: 'roku/', vendor: 'Roku', kind: 'media player' },
  { word: 'appletv', vendor: 'Apple', os: 'tvOS', kind: 'media player' },
  { word: 'web0s', vendor: 'LG', os: 'webOS', kind: 'tv' },
  { word: 'tizen', vendor: 'Samsung', os: 'Tizen' },
  { word: 'smart-tv', kind: 'tv' },
  { word: 'smarttv', kind: 'tv' },
  { word: 'playstation', vendor: 'Sony', kind: 'console' },
  { word: 'xbox', vendor: 'Microsoft', kind: 'console' },
  { word: 'nintendo', vendor: 'Nintendo', kind: 'console' },
  { word: 'iphone', vendor: 'Apple', os: 'iOS', kind: 'phone' },
  { word: 'ipad', vendor: 'Apple', os: 'iPadOS', kind: 'tablet' },
  { word: 'macintosh', vendor: 'Apple', os: 'macOS', kind: 'computer' },
  { word: 'mac os x', vendor: 'Apple', os: 'macOS', kind: 'computer' },
  { word: 'windows nt', os: 'Windows', kind: 'computer' },
  { word: 'microsoft-cryptoapi', os: 'Windows', kind: 'computer' },
  { word: 'microsoft ncsi', os: 'Windows', kind: 'computer' },
  { word: 'microsoft-webdav', os: 'Windows', kind: 'computer' },
  { word: 'windows-update-agent', os: 'Windows', kind: 'computer' },
  { word: 'cros ', os: 'ChromeOS', kind: 'laptop' },
  { word: 'android', os: 'Android' },
  { word: 'ubuntu', os: 'Ubuntu', kind: 'computer' },
  { word: 'x11; linux', os: 'Linux', kind: 'computer' },
  { word: 'esp8266httpclient', vendor: 'Espressif', kind: 'microcontroller' },
  { word: 'esp32', vendor: 'Espressif', kind: 'microcontroller' },
];
const LOOK_AT = 512;

/** How software names itself to a server; anybody may say anything, so it is `likely` at best. */
export const userAgent = {
  id: 'user-agent',
  sources: [
    'RFC 9110 §10.1.5 User-Agent',
    'https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/User-Agent',
  ],
  conclude,
} as const satisfies Identifier;

function conclude({ fact }: Evidence): readonly Conclusion[] {
  if (fact.kind !== 'detail' || plainName(fact.name) !== 'useragent') return [];
  const text = reveal(fact.value);
  const searched = text.slice(0, LOOK_AT).toLowerCase();
  const found = new Map<Conclusion['name'], Conclusion>();
  for (const system of SYSTEMS) {
    if (!searched.includes(system.word)) continue;
    for (const name of ['vendor', 'os', 'kind'] as const) {
      const value = system[name];
      if (value !== undefined && !found.has(name)) {
        found.set(name, { name, value, certainty: 'likely' });
      }
    }
  }
  // An app names what it is for: the words of products beside the system are hints.
  const words = conclusionsFrom(text, 'hint').filter(({ name }) => !found.has(name));
  return [...found.values(), ...(found.size > 0 ? [] : words)];
}
