import { expect, test } from 'vitest';
import { parseHttpUrl } from '../../../src/protocols/shared/url.ts';

test.each([
  ['the port of its scheme', 'http://192.0.2.7/d.xml', ['http', '192.0.2.7', 80, '/d.xml']],
  ['no path', 'https://lamp.local', ['https', 'lamp.local', 443, '/']],
  ['a port', 'http://192.0.2.7:49152/desc?x=1', ['http', '192.0.2.7', 49_152, '/desc?x=1']],
  ['IPv6', 'http://[fe80::1]:5000/', ['http', 'fe80::1', 5000, '/']],
  ['a user', 'http://admin@192.0.2.7/', undefined],
  ['a blank', 'http://a/b c', undefined],
  ['another scheme', 'file:///etc/passwd', undefined],
  ['port 0', 'http://192.0.2.7:0/', undefined],
  ['a port beyond the last', 'http://192.0.2.7:65536/', undefined],
  ['controls', 'http://192.0.2.7/\r\nX: y', undefined],
  ['no host', 'http:///x', undefined],
  ['more than a thousand characters', `http://a/${'b'.repeat(1000)}`, undefined],
])('%s', (_, text, expected) => {
  const url = parseHttpUrl(text);
  const parts = url === undefined ? undefined : [url.scheme, url.host, url.port, url.path];
  expect(parts).toEqual(expected);
});
