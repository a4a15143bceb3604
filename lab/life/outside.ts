import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from '../device.ts';

/** Addresses for documentation (RFC 5737): nobody's, so that nothing of it can be meant for anybody. */
export const CLOUD_NETWORK = '203.0.113.0/24';
export const RESOLVER = '203.0.113.53';
export const CLOUDS: Readonly<Record<string, string>> = {
  'api.thermostat.example': '203.0.113.10',
  'relay.camera.example': '203.0.113.11',
  'music.speaker.example': '203.0.113.12',
};

/** What stands for the internet: makers' servers and a resolver that knows them. */
export async function outside(certificate: Certificate | undefined): Promise<void> {
  await resolver();
  const greet = (socket: import('node:net').Socket): void => {
    socket.on('error', () => {}).on('data', () => socket.end('ok\n'));
    socket.setTimeout(10_000, () => socket.destroy());
  };
  const server =
    certificate === undefined
      ? createServer(greet)
      : createTlsServer(
          {
            key: readFileSync(certificate.keyFile),
            cert: readFileSync(certificate.certificateFile),
          },
          greet,
        ).on('tlsClientError', () => {});
  await new Promise<void>((resolve) => {
    server.listen(443, '0.0.0.0', () => resolve());
  });
}

function resolver(): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { address, port }) => {
    const answer = answerTo(query);
    if (answer !== undefined) socket.send(answer, port, address);
  });
  return new Promise((resolve) => {
    socket.bind(53, RESOLVER, () => resolve());
  });
}

/** RFC 1035 §4.1: one A record with a TTL of a minute, or that there is no such name. */
function answerTo(query: Buffer): Buffer | undefined {
  const end = query.indexOf(0, 12) + 5;
  if (query.length < 17 || end < 17) return undefined;
  const address = CLOUDS[nameIn(query)];
  const flags = address === undefined ? [0x81, 0x83] : [0x81, 0x80];
  const head = [
    ...query.subarray(0, 2),
    ...flags,
    0,
    1,
    0,
    address === undefined ? 0 : 1,
    0,
    0,
    0,
    0,
  ];
  const record =
    address === undefined
      ? []
      : [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)];
  return Buffer.from([...head, ...query.subarray(12, end), ...record]);
}

function nameIn(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; at < query.length; ) {
    const length = query[at] ?? 0;
    if (length === 0 || length > 63) break;
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return labels.join('.').toLowerCase();
}
