import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a camera that wants a login',
    protocol: 'rtsp',
    client: hex(
      'OPTIONS rtsp://192.0.2.7:554/ RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: LibVLC/3.0.18\r\n\r\n',
    ),
    server: hex(
      'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nServer: HiIpcam/V100R003 VodServer/1.0.0\r\nWWW-Authenticate: Digest realm="IPC", nonce="8b7b"\r\n\r\n',
    ),
    facts: [speaks('rtsp', '1.0'), detail('server', 'HiIpcam/V100R003 VodServer/1.0.0')],
  },
  {
    name: 'version 2.0 (RFC 7826 §13.1)',
    protocol: 'rtsp',
    client: hex(
      'OPTIONS rtsp://server.example.com RTSP/2.0\r\nCSeq: 1\r\nUser-Agent: PhonyClient/1.2\r\nProxy-Require: gzipped-messages\r\nSupported: play.basic\r\n\r\n',
    ),
    server: hex(
      'RTSP/2.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE, SETUP, TEARDOWN, PLAY, PAUSE, OPTIONS\r\nSupported: play.basic, setup.rtp.rtcp.mux, play.scale\r\nServer: PhonyServer/1.1\r\n\r\n',
    ),
    facts: [speaks('rtsp', '2.0'), detail('server', 'PhonyServer/1.1')],
  },
];
