import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'nginx 1.22',
    protocol: 'http',
    client: hex(
      'GET / HTTP/1.1\r\nHost: 192.0.2.7\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n',
    ),
    server: hex(
      'HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Wed, 25 Nov 2026 09:31:38 GMT\r\nContent-Type: text/html\r\nContent-Length: 73\r\nConnection: keep-alive\r\n\r\n<html><head><title>Pump &amp; valve</title></head><body>ok</body></html>\n',
    ),
    facts: [speaks('http', '1.1'), detail('server', 'nginx/1.22.1')],
  },
  {
    name: 'nginx 1.22 that wants a login',
    protocol: 'http',
    client: hex(
      'GET / HTTP/1.1\r\nHost: 192.0.2.7\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n',
    ),
    server: hex(
      'HTTP/1.1 401 Unauthorized\r\nServer: nginx/1.22.1\r\nDate: Wed, 25 Nov 2026 09:31:38 GMT\r\nContent-Type: text/html\r\nContent-Length: 179\r\nConnection: keep-alive\r\nWWW-Authenticate: Basic realm="Camera"\r\n\r\n<html>\r\n',
    ),
    facts: [speaks('http', '1.1'), detail('server', 'nginx/1.22.1')],
  },
  {
    name: 'BusyBox httpd, which has no name',
    protocol: 'http',
    client: hex('GET /status?x=1 HTTP/1.0\r\n\r\n'),
    server: hex(
      'HTTP/1.1 200 OK\r\nDate: Wed, 25 Nov 2026 09:31:39 GMT\r\nConnection: close\r\nContent-type: text/html\r\nContent-Length: 73\r\n\r\n',
    ),
    facts: [speaks('http', '1.1')],
  },
  {
    name: 'Python http.server',
    protocol: 'http',
    client: hex(
      'GET / HTTP/1.1\r\nHost: 192.0.2.7\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n',
    ),
    server: hex(
      'HTTP/1.0 200 OK\r\nServer: SimpleHTTP/0.6 Python/3.11.7\r\nDate: Wed, 25 Nov 2026 09:31:39 GMT\r\nContent-type: text/html\r\nContent-Length: 73\r\n\r\n',
    ),
    facts: [speaks('http', '1.0'), detail('server', 'SimpleHTTP/0.6 Python/3.11.7')],
  },
  {
    name: 'an upgrade to WebSocket that is refused (RFC 6455 §4.2.2)',
    protocol: 'http',
    client: hex(
      'GET /ws HTTP/1.1\r\nHost: 192.0.2.7\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    ),
    server: hex('HTTP/1.1 404 Not Found\r\nServer: lighttpd/1.4\r\nContent-Length: 0\r\n\r\n'),
    facts: [speaks('http', '1.1'), detail('server', 'lighttpd/1.4')],
  },
  {
    name: 'an event from a UPnP service, which is HTTP over TCP',
    protocol: 'http',
    client: hex(
      'NOTIFY /events/3 HTTP/1.1\r\nHOST: 192.0.2.9:3400\r\nNT: upnp:event\r\nNTS: upnp:propchange\r\nSID: uuid:1\r\nSEQ: 0\r\nContent-Length: 0\r\n\r\n',
    ),
    server: hex('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    facts: [speaks('http', '1.1')],
  },
  {
    name: 'HTTP/2 by nginx 1.22, prior knowledge',
    protocol: 'http',
    client: '505249202a20485454502f322e300d0a0d0a534d0d0a0d0a000000040000000000',
    server:
      '000012040000000000000300000080000400010000000500ffffff0000040800000000007fff00000000' +
      '00040100000000',
    facts: [speaks('http', '2')],
  },
];
