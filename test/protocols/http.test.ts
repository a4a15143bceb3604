import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/model/evidence.ts';
import { http } from '../../src/protocols/http.ts';
import { access, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { bytes } from './fixtures.ts';
import { hex } from './hex.ts';
import { converse, peer, play } from './play.ts';

const GET = 'GET / HTTP/1.1\r\nHost: 192.0.2.7\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

describe('http.recognise', () => {
  test.each([
    ['both sides', hex(GET), hex(OK), 'proved'],
    ['the client alone', hex(GET), '', 'likely'],
    [
      'a server that gives up before it was asked',
      '',
      hex('HTTP/1.1 408 Timeout\r\n\r\n'),
      'likely',
    ],
    ['a request whose headers have not ended', hex('GET / HTTP/1.1\r\nHost: x\r\n'), '', 'more'],
    ['half a method', hex('PROPF'), '', 'more'],
    ['nothing', '', '', 'more'],
    ['a target longer than the depth', hex(`GET /${'a'.repeat(511)}`), hex(OK), 'proved'],
    ['headers longer than the depth', hex(`GET / HTTP/1.1\r\nX: ${'a'.repeat(600)}`), '', 'likely'],
    ['lines that end in LF alone', hex('GET / HTTP/1.0\n\n'), hex('HTTP/1.0 200 OK\n\n'), 'proved'],
    ['a status without a reason', hex(GET), hex('HTTP/1.1 200\r\n\r\n'), 'proved'],
    ['version 0.9, answered by a newer server', hex('GET /\r\n\r\n'), hex(OK), 'proved'],
    [
      'a server that writes its version in lower case',
      hex(GET),
      hex('http/1.1 200 OK\r\n\r\n'),
      'proved',
    ],
    ['an answer before any question', hex(OK), '', 'no'],
    ['a method in lower case', hex('get / HTTP/1.1\r\n\r\n'), '', 'no'],
    ['a target with a blank', hex('GET /a b HTTP/1.1\r\n\r\n'), '', 'no'],
    ['a version that is none', hex('GET / HTTP/x\r\n\r\n'), '', 'no'],
    ['a status of two digits', hex(GET), hex('HTTP/1.1 20 OK\r\n\r\n'), 'no'],
    ['an upgrade to WebSocket', hex('GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n'), '', 'no'],
    ['RTSP', hex('OPTIONS rtsp://192.0.2.7/ RTSP/1.0\r\nCSeq: 1\r\n\r\n'), '', 'no'],
    ['SIP', hex('OPTIONS sip:a@192.0.2.7 SIP/2.0\r\n\r\n'), '', 'no'],
    ['a search of SSDP', hex('M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n'), '', 'no'],
    ['version 2 without an answer', hex('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), '', 'likely'],
    ['half a preface of version 2', hex('PRI * HTTP/2.0\r\n\r\nS'), '', 'more'],
    ['SETTINGS of version 2 alone', '', '000006040000000000000300000080', 'likely'],
    [
      'version 2, which a server of version 1 refuses',
      hex('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      hex('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'proved',
    ],
    [
      'a frame of version 2 that is not SETTINGS',
      hex('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      '000004080000000000000000ff',
      'no',
    ],
  ])('%s', (_, client, server, expected) => {
    const verdict = http.recognise({
      client: bytes(client).subarray(0, http.depth),
      server: bytes(server).subarray(0, http.depth),
    });
    expect(verdict.kind === 'yes' ? verdict.certainty : verdict.kind).toBe(expected);
  });
});

describe('http.probe', () => {
  test.each([
    [
      'a page with a title',
      'HTTP/1.1 200 OK\r\nServer: lighttpd\r\nContent-Length: 42\r\n\r\n<TITLE lang=en>\n Pump &amp;  valve</TITLE>',
      [
        speaks('http', '1.1'),
        detail('status', '200 OK'),
        detail('server', 'lighttpd'),
        detail('title', 'Pump & valve'),
      ],
    ],
    [
      'a login',
      'HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm="Camera"\r\n\r\n',
      [
        speaks('http', '1.0'),
        detail('status', '401 Unauthorized'),
        detail('authentication', 'Basic'),
        detail('realm', 'Camera'),
        access('credentials'),
      ],
    ],
    [
      'a redirect, which is told and not followed',
      'HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n',
      [
        speaks('http', '1.1'),
        detail('status', '302 Found'),
        detail('location', 'http://169.254.169.254/latest/'),
      ],
    ],
    [
      'a body in chunks, and an interim answer before it',
      'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n<title>\r\nB;x=1\r\nLamp</title\r\n1\r\n>\r\n0\r\n\r\n',
      [speaks('http', '1.1'), detail('status', '200 OK'), detail('title', 'Lamp')],
    ],
    [
      'lengths that contradict each other (RFC 9112 §6.3)',
      'HTTP/1.1 200 OK\r\nContent-Length: -1\r\nContent-Length: 99999999999999999999\r\n\r\n<title>x</title>',
      [speaks('http', '1.1'), detail('status', '200 OK'), detail('title', 'x')],
    ],
    [
      'a page in gzip that nobody asked for',
      'HTTP/1.1 200 OK\r\nServer: x\r\nContent-Encoding: gzip\r\n\r\n<title>no text</title>',
      [speaks('http', '1.1'), detail('status', '200 OK'), detail('server', 'x')],
    ],
    [
      'a head that does not end',
      'HTTP/1.1 200 OK\r\nServer: x\r\nX-1: ',
      [speaks('http', '1.1'), detail('status', '200 OK'), detail('server', 'x')],
    ],
    [
      'a folded header, which is left out',
      'HTTP/1.1 200 OK\r\nServer: x\r\n y\r\n\r\n',
      [speaks('http', '1.1'), detail('status', '200 OK'), detail('server', 'x')],
    ],
    [
      'a page that only wants TLS, as nginx has it',
      tlsWanted('The plain HTTP request was sent to HTTPS port'),
      [],
    ],
    ['the same as Go has it', tlsWanted('Client sent an HTTP request to an HTTPS server.'), []],
    ['an alert of TLS', '\x15\x03\x01\x00\x02\x02\x46', []],
    ['RTSP', 'RTSP/1.0 400 Bad Request\r\nCSeq: 0\r\n\r\n', []],
    ['an answer of SSDP', 'HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:1\r\n\r\n', []],
    ['interim answers for ever', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(20), []],
    ['a banner of SSH', 'SSH-2.0-dropbear\r\n', []],
  ] satisfies [string, string, Fact[]][])('%s', (_, answer, facts) => {
    expect(play(http.probe.dialogue(peer(8081)), [hex(answer)])).toEqual(facts);
  });

  test('version 2 alone is HTTP too', () => {
    const settings = '000006040000000000000300000080';
    expect(play(http.probe.dialogue(peer(8081)), [settings])).toEqual([speaks('http', '2')]);
  });

  test('behind TLS, a page about TLS is a page', () => {
    const answer = hex(tlsWanted('The plain HTTP request was sent to HTTPS port'));
    expect(play(http.probe.dialogue(peer(8443, 'tls')), [answer])[0]).toEqual(
      speaks('http', '1.1'),
    );
  });

  test.each([
    ['port 80 in the clear', 80, 'tcp', '192.0.2.7', '192.0.2.7'],
    ['port 443 behind TLS', 443, 'tls', '192.0.2.7', '192.0.2.7'],
    ['another port', 8080, 'tcp', '192.0.2.7', '192.0.2.7:8080'],
    ['IPv6 with a zone', 80, 'tcp', 'fe80::1%eth0', '[fe80::1]'],
  ] as const)('names the host: %s', (_, port, over, address, host) => {
    const [sent = ''] = converse(http.probe.dialogue({ ...peer(port, over), address }), []).sent;
    const lines = Buffer.from(sent, 'hex').toString('latin1').split('\r\n');
    expect(lines.slice(0, 2)).toEqual(['GET / HTTP/1.1', `Host: ${host}`]);
    expect(lines.slice(-2)).toEqual(['', '']);
  });

  test.each([
    ['keeps a connection that stays', 'HTTP/1.1 200 OK\r\nContent-Length: 0', false],
    [
      'opens a new one after "close"',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0',
      true,
    ],
    ['opens a new one after version 1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0', true],
    ['opens a new one after a body without an end', 'HTTP/1.1 200 OK', true],
  ])('%s', (_, head, reconnect) => {
    const dialogue = http.probe.dialogue(peer(8060));
    dialogue.next();
    const second = dialogue.next(
      bytes(hex(`${head}\r\nServer: Roku/9\r\n\r\n${reconnect ? 'x' : ''}`)),
    );
    expect(second.done === false && second.value.reconnect).toBe(reconnect);
  });

  test('asks once more on a new connection where the old one turned out to be dead', () => {
    const root = hex('HTTP/1.1 200 OK\r\nServer: Roku/9\r\nContent-Length: 0\r\n\r\n');
    const { sent } = converse(http.probe.dialogue(peer(8060)), [root, '']);
    expect(sent).toHaveLength(3);
    expect(sent[2]).toBe(sent[1]);
  });

  test.each([
    ['a body with its length', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab', false],
    ['the same, whole', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', true],
    [
      'chunks without the last',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n',
      false,
    ],
    ['a body that ends with the connection', 'HTTP/1.1 200 OK\r\n\r\nabc', false],
    ['no body', 'HTTP/1.1 204 No Content\r\n\r\n', true],
    ['headers for ever, at the cap', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(20_000)}`, true],
    [
      'chunks for ever, at the cap',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\na\r\n'.repeat(20_000)}`,
      true,
    ],
  ])('waits for what there is to wait for: %s', (_, answer, complete) => {
    const turn = http.probe.dialogue(peer(8081)).next();
    expect(turn.done === false && turn.value.complete(bytes(hex(answer)))).toBe(complete);
  });
});

function tlsWanted(sentence: string): string {
  const body = `<html><head><title>400</title></head><body>${sentence}</body></html>`;
  return `HTTP/1.1 400 Bad Request\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
