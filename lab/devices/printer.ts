import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabDevice, LabHost } from '../device.ts';
import { dnsSd, MDNS_GROUPS, MDNS_PORT } from '../servers/dns-sd.ts';
import { titled, website } from '../servers/http.ts';
import { snmpConfiguration } from '../servers/snmpd.ts';

const HOSTNAME = 'BRW0080771A0B14';
const MODEL = 'Brother HL-L2350DW series';

export const printer = {
  id: 'printer',
  title: 'Printer that prints whatever it is sent on 9100',
  zone: 'home',
  host: 14,
  mac: '00:80:77:1a:0b:14',
  truth: {
    services: [
      { transport: 'udp', port: 161, protocol: 'snmp', over: 'udp', access: 'open' },
      { transport: 'tcp', port: 631, protocol: 'http', over: 'tcp' },
      { transport: 'udp', port: 5353, protocol: 'mdns', over: 'udp' },
      // Nothing may be sent here: that it is a printer's port is all that can be known.
      { transport: 'tcp', port: 9100, protocol: 'jetdirect', over: 'tcp' },
    ],
    vendor: 'Brother',
    kind: 'printer',
    category: 'printer',
    fragile: true,
  },
  async start(host) {
    const txt = { ty: MODEL, product: `(${MODEL})`, rp: 'ipp/print', usb_MFG: 'Brother' };
    const named = { name: 'Brother HL-L2350DW', txt };
    const answer = dnsSd({
      hostname: HOSTNAME,
      address: host.address,
      announcements: [
        { type: '_ipp._tcp', port: 631, ...named },
        { type: '_pdl-datastream._tcp', port: 9100, ...named },
      ],
    });
    await Promise.all([
      countingPort(host),
      host.tcp(631, website(host, 631, { server: 'debut/1.30', pages: { '/': titled(MODEL) } })),
      host.udp(MDNS_PORT, answer, MDNS_GROUPS),
      agent(host),
    ]);
  },
} as const satisfies LabDevice;

/** Each byte here would be ink on paper. */
function countingPort(host: LabHost): Promise<void> {
  return host.raw(9100, (socket) => {
    socket.on('data', (chunk: Buffer) =>
      host.log({
        event: 'printer_bytes',
        port: 9100,
        count: chunk.length,
        detail: chunk.toString('hex', 0, 32),
      }),
    );
    socket.on('end', () => socket.end());
  });
}

async function agent(host: LabHost): Promise<void> {
  const file = join(host.workFolder, 'snmpd.conf');
  const system = {
    name: HOSTNAME,
    description: 'Brother NC-8700w, Firmware Ver.1.72  (19.06.24),MID 84U-H01',
    objectId: '1.3.6.1.4.1.2435.2.3.9.1',
  };
  writeFileSync(file, snmpConfiguration(host.address, system));
  await host.server(['snmpd', '-f', '-C', '-c', file, '-Lf', '/dev/null', '-r'], { udp: [161] });
}
