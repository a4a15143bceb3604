import type { LabDevice, LabHost } from '../device.ts';
import { website } from '../servers/http.ts';
import { rtspServer } from '../servers/rtsp.ts';
import { telnetd } from '../servers/telnetd.ts';

export const camera = {
  id: 'camera',
  title: 'Camera: stream, web page with login, telnet, outdated TLS',
  zone: 'iot',
  host: 12,
  mac: '44:19:b6:1a:0b:12',
  truth: {
    services: [
      { transport: 'tcp', port: 23, protocol: 'telnet', over: 'tcp', access: 'credentials' },
      { transport: 'tcp', port: 80, protocol: 'http', over: 'tcp', access: 'credentials' },
      { transport: 'tcp', port: 443, protocol: 'http', over: 'tls' },
      { transport: 'tcp', port: 554, protocol: 'rtsp', over: 'tcp', access: 'credentials' },
    ],
    vendor: 'Hikvision',
    kind: 'camera',
    category: 'smart-home',
  },
  async start(host) {
    const login = {
      status: '401 Unauthorized',
      headers: { 'WWW-Authenticate': 'Basic realm="DS-2CD2032-I"' },
    };
    await Promise.all([
      telnetd(host, 23, 'dvrdvs'),
      host.tcp(80, website(host, 80, { server: 'App-webs/', pages: {}, otherwise: login })),
      rtspServer(host, 554, 'DS-2CD2032-I'),
      outdatedTls(host),
    ]);
  },
} as const satisfies LabDevice;

/** TLS 1.0 at most, with a certificate of RSA 1024 bits signed with SHA-1, by OpenSSL itself. */
async function outdatedTls(host: LabHost): Promise<void> {
  const certificate = await host.certificate({ name: 'ipcam', bits: 1024, digest: 'sha1' });
  if (certificate === undefined) return;
  await host.server(
    [
      ...['openssl', 's_server', '-tls1', '-cipher', 'DEFAULT:@SECLEVEL=0', '-www', '-quiet'],
      ...['-accept', `${host.address}:443`, '-key', certificate.keyFile],
      ...['-cert', certificate.certificateFile],
    ],
    { tcp: [443] },
  );
}
