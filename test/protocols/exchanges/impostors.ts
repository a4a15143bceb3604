import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a CONNECT that names another protocol',
    protocol: 'none',
    client: '10 0c 00 04 41424344 04 02 003c 0000',
    server: '20 02 00 00',
    facts: [],
  },
  {
    name: 'a CONNECT whose length takes five bytes',
    protocol: 'none',
    client: '10 8080808001 0004 4d515454 04 02 003c',
    server: '',
    facts: [],
  },
  {
    name: 'a vendor protocol framed like Modbus, on port 502',
    protocol: 'none',
    client: '0001 0001 0006 01 03 0000 0001',
    server: '0001 0001 0005 01 03 02 0000',
    facts: [],
  },
  {
    name: 'a Modbus answer to another question',
    protocol: 'none',
    client: '0001 0000 0006 01 03 0000 0001',
    server: '0002 0000 0005 01 03 02 0000',
    facts: [],
  },
  {
    name: 'a request of HTTP that an FTP server answers',
    protocol: 'none',
    client: hex('GET / HTTP/1.1\r\nHost: 192.0.2.7\r\n\r\n'),
    server: hex('220 ready\r\n500 GET not understood\r\n'),
    facts: [],
  },
  {
    name: 'a request of HTTP that an RTSP server answers',
    protocol: 'none',
    client: hex('GET / HTTP/1.1\r\nHost: 192.0.2.7\r\n\r\n'),
    server: hex('RTSP/1.0 400 Bad Request\r\nCSeq: 1\r\n\r\n'),
    facts: [],
  },
  {
    name: 'a radio station that answers HTTP as ICY',
    protocol: 'none',
    client: hex('GET /stream HTTP/1.0\r\nIcy-MetaData: 1\r\n\r\n'),
    server: hex('ICY 200 OK\r\nicy-name: Radio\r\n\r\n'),
    facts: [],
  },
  {
    name: 'ICAP, which has the form of HTTP (RFC 3507)',
    protocol: 'none',
    client: hex('OPTIONS icap://192.0.2.7/avscan ICAP/1.0\r\nHost: 192.0.2.7\r\n\r\n'),
    server: hex('ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\n\r\n'),
    facts: [],
  },
  {
    name: 'a search of SSDP that a web server answers',
    protocol: 'none',
    client: hex('M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nST: ssdp:all\r\n\r\n'),
    server: hex('HTTP/1.1 501 Not Implemented\r\nServer: Boa/0.94\r\nContent-Length: 0\r\n\r\n'),
    facts: [],
  },
  {
    name: 'a ClientHello that a web server answers in the clear',
    protocol: 'none',
    client: `16030100310100002d0303${'5a'.repeat(32)}00000213010100000000`,
    server: hex('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
    facts: [],
  },
  {
    name: 'what begins like a record of TLS and goes on like none',
    protocol: 'none',
    client: '17 03 03 0010 0102030405060708 090a0b0c0d0e0f10 00 01 02',
    server: '17 03 03 0010 0102030405060708 090a0b0c0d0e0f10',
    facts: [],
  },
  {
    name: 'an answer of DNS to another question',
    protocol: 'none',
    client: '1234 0100 0001 0000 0000 0000 036c6162076578616d706c6500 0001 0001',
    server: '1234 8180 0001 0000 0000 0000 036c6163076578616d706c6500 0001 0001',
    facts: [],
  },
  {
    name: 'an answer about the link without authority (RFC 6762 §18.4)',
    protocol: 'none',
    client: '0000 0000 0001 0000 0000 0000 045f687565045f746370056c6f63616c00 000c 0001',
    server:
      '0000 8000 0000 0001 0000 0000 045f687565045f746370056c6f63616c00 000c 0001 00000078 0002 c00c',
    facts: [],
  },
];
