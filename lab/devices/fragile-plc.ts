import { converse } from '../converse.ts';
import type { LabDevice, LabHost } from '../device.ts';
import type { Talk } from '../serve.ts';
import { modbus, modbusFrame } from '../servers/modbus.ts';

const DEAD_MILLISECONDS = 60_000;
const WINDOW_MILLISECONDS = 10_000;
const CONNECTIONS = 5;

export const fragilePlc = {
  id: 'fragile-plc',
  title: 'Fragile controller: dies of anything but Modbus, and of haste',
  zone: 'ot',
  host: 14,
  mac: '00:30:de:1a:0b:14',
  truth: {
    services: [{ transport: 'tcp', port: 502, protocol: 'modbus', over: 'tcp', access: 'open' }],
    vendor: 'WAGO',
    kind: 'plc',
    category: 'industrial',
    fragile: true,
  },
  async start(host) {
    const identity = { vendor: 'WAGO', product: '750-881', revision: '01.05.10' };
    const talk = modbus(host, 502, identity);
    let recent: number[] = [];
    let dead = false;
    const die = (why: string): void => {
      if (dead) return;
      dead = true;
      host.log({ event: 'plc_died', port: 502, detail: why });
      setTimeout(() => {
        dead = false;
        recent = [];
      }, DEAD_MILLISECONDS).unref();
    };
    await host.raw(502, (socket) => {
      const now = Date.now();
      recent = [...recent.filter((at) => now - at < WINDOW_MILLISECONDS), now];
      if (recent.length > CONNECTIONS) die(`${recent.length} connections in 10 s`);
      // Dead, it accepts and says nothing, as a stack whose application hangs.
      if (dead) return;
      converse(socket, guarded(talk(), die, host), 502, (event) => host.log(event));
    });
  },
} as const satisfies LabDevice;

function guarded(talk: Talk, die: (why: string) => void, host: LabHost): Talk {
  return {
    hear(received) {
      const frame = modbusFrame(received);
      if (frame.kind === 'close') {
        die(`${frame.why}: ${received.toString('hex', 0, 40)}`);
        host.log({ event: 'malformed', port: 502, detail: frame.why });
        return { kind: 'more' };
      }
      return talk.hear(received);
    },
  };
}
