import { describe, expect, test } from 'vitest';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { xmpp } from '../../src/protocols/xmpp.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const HEADER =
  "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
const OPENING = hex(`<?xml version='1.0'?><stream:stream to='a.example' ${HEADER}`);
const ANSWER = `<?xml version='1.0'?><stream:stream id='1' from='a.example' ${HEADER}`;
const TLS =
  "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";

describe('xmpp', () => {
  recognises(xmpp, [
    ['both sides', OPENING, hex(ANSWER), 'proved'],
    ['the client alone', OPENING, '', 'likely'],
    ['half a header', OPENING.slice(0, 80), '', 'more'],
    ['another document', hex('<?xml version="1.0"?><rss version="2.0">'), '', 'no'],
    ['a stream of another namespace', hex("<stream:stream xmlns:stream='urn:x'>"), '', 'no'],
    ['HTTP', hex('GET / HTTP/1.1\r\n'), '', 'no'],
  ]);

  learns(xmpp, [
    ['a server with TLS', [hex(ANSWER + TLS)], [speaks('xmpp'), detail('STARTTLS', 'offered')]],
    [
      'a server that does not host that name',
      [hex(`${ANSWER}<stream:error><host-unknown/></stream:error></stream:stream>`)],
      [speaks('xmpp')],
    ],
    ['an echo', [OPENING], []],
    ['silence', [''], []],
  ]);

  test('opens and closes the stream, and gives no name', () => {
    const [opening = '', closing] = says(xmpp, [hex(ANSWER + TLS)]);
    expect(opening).toContain("to='192.0.2.7'");
    expect(opening).not.toContain('from=');
    expect(closing).toBe('</stream:stream>');
  });
});
