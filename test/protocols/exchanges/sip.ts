import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'OPTIONS and its answer (RFC 3261 §11)',
    protocol: 'sip',
    client: hex(
      'OPTIONS sip:carol@chicago.com SIP/2.0\r\nVia: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKhjhs8ass877\r\nMax-Forwards: 70\r\nTo: <sip:carol@chicago.com>\r\nFrom: Alice <sip:alice@atlanta.com>;tag=1928301774\r\nCall-ID: a84b4c76e66710\r\nCSeq: 63104 OPTIONS\r\nContact: <sip:alice@pc33.atlanta.com>\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n',
    ),
    server: hex(
      'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKhjhs8ass877\r\nTo: <sip:carol@chicago.com>;tag=93810874\r\nFrom: Alice <sip:alice@atlanta.com>;tag=1928301774\r\nCall-ID: a84b4c76e66710\r\nCSeq: 63104 OPTIONS\r\nAllow: INVITE, ACK, CANCEL, OPTIONS, BYE\r\nServer: Asterisk PBX 18.10\r\nContent-Length: 0\r\n\r\n',
    ),
    facts: [speaks('sip', '2.0'), detail('product', 'Asterisk PBX 18.10')],
  },
  {
    name: 'a phone that registers',
    protocol: 'sip',
    client: hex(
      'REGISTER sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.9:5060;branch=z9hG4bK1\r\nFrom: <sip:10@192.0.2.1>;tag=1\r\nTo: <sip:10@192.0.2.1>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n',
    ),
    server: hex(
      'SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/TCP 192.0.2.9:5060;branch=z9hG4bK1\r\nCSeq: 1 REGISTER\r\nWWW-Authenticate: Digest realm="fritz.box", nonce="1"\r\nUser-Agent: FRITZ!OS\r\nContent-Length: 0\r\n\r\n',
    ),
    facts: [speaks('sip', '2.0'), detail('product', 'FRITZ!OS')],
  },
];
