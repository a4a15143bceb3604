import type { Socket } from 'node:net';
import { converse } from '../converse.ts';
import type { LabDevice, LabHost } from '../device.ts';
import type { Talk } from '../serve.ts';
import { dnsSd, MDNS_GROUPS, MDNS_PORT } from '../servers/dns-sd.ts';
import { esphome } from '../servers/esphome.ts';
import { titled, website } from '../servers/http.ts';
import { counter } from '../tools.ts';

const AWAY_MILLISECONDS = 20_000;
const PARALLEL = 2;
const NEW_PER_SECOND = 10;

/** What such small stacks die of: lwIP has a handful of sockets and no patience. */
export const esp = {
  id: 'esp',
  title: 'Touchy microcontroller: restarts when it is asked too much at once',
  zone: 'iot',
  host: 19,
  mac: '30:ae:a4:1a:0b:19',
  truth: {
    services: [
      { transport: 'tcp', port: 80, protocol: 'http', over: 'tcp', access: 'open' },
      { transport: 'tcp', port: 6053, protocol: 'esphome-api', over: 'tcp' },
      { transport: 'udp', port: 5353, protocol: 'mdns', over: 'udp' },
    ],
    vendor: 'Espressif',
    kind: 'microcontroller',
    category: 'smart-home',
  },
  async start(host) {
    const guard = new Guard(host);
    const node = {
      name: 'pump',
      mac: host.mac.toUpperCase(),
      version: '2024.6.1',
      model: 'esp32dev',
    };
    const page = titled('pump Web Server', '<esp-app></esp-app>');
    const web = website(host, 80, { pages: { '/': page } });
    const announcement = {
      type: '_esphomelib._tcp',
      name: 'pump',
      port: 6053,
      txt: { version: node.version, mac: host.mac.replaceAll(':', ''), board: 'esp32dev' },
    };
    const answer = dnsSd({
      hostname: 'pump',
      address: host.address,
      announcements: [announcement],
    });
    await Promise.all([
      host.raw(
        80,
        guard.watching(80, () => withoutZeros(web(), (why) => guard.restart(why))),
      ),
      host.raw(
        6053,
        guard.watching(
          6053,
          esphome(node, (why) => guard.restart(why)),
        ),
      ),
      host.udp(MDNS_PORT, answer, MDNS_GROUPS),
    ]);
    guard.watchKernel();
  },
} as const satisfies LabDevice;

/** No zero byte is in any request that its web server understands. */
function withoutZeros(talk: Talk, misused: (why: string) => void): Talk {
  return {
    hear(received) {
      if (received.includes(0)) misused('zero bytes');
      return talk.hear(received);
    },
  };
}

class Guard {
  readonly #host: LabHost;
  readonly #open = new Set<Socket>();
  #recent: number[] = [];
  #restarting = false;

  constructor(host: LabHost) {
    this.#host = host;
  }

  watching(port: number, talk: () => Talk): (socket: Socket) => void {
    return (socket) => {
      this.#open.add(socket);
      socket.on('close', () => this.#open.delete(socket));
      this.count(1);
      if (this.#open.size > PARALLEL) this.restart(`${this.#open.size} connections at once`);
      else converse(socket, talk(), port, (event) => this.#host.log(event));
    };
  }

  /** Connection attempts, those to closed ports included where the kernel counts them for us alone. */
  count(attempts: number): void {
    const now = Date.now();
    this.#recent = this.#recent.filter((at) => now - at < 1000);
    for (let index = 0; index < attempts; index += 1) this.#recent.push(now);
    if (this.#recent.length > NEW_PER_SECOND)
      this.restart(`${this.#recent.length} SYN in a second`);
  }

  restart(why: string): void {
    if (this.#restarting) return;
    this.#restarting = true;
    this.#host.log({ event: 'reset', detail: why });
    for (const socket of this.#open) socket.resetAndDestroy();
    this.#recent = [];
    this.#host.vanish(AWAY_MILLISECONDS);
    setTimeout(() => {
      this.#restarting = false;
    }, AWAY_MILLISECONDS).unref();
  }

  /** In a namespace of its own the kernel's counters tell what never reaches a server (RFC 4022). */
  watchKernel(): void {
    if (this.#host.level !== 1) return;
    let halfOpen = counter('Tcp', 'AttemptFails');
    let refused = counter('Tcp', 'OutRsts');
    setInterval(() => {
      const half = counter('Tcp', 'AttemptFails');
      const refusals = counter('Tcp', 'OutRsts');
      if (half > halfOpen) this.restart(`${half - halfOpen} half-open connections`);
      else if (!this.#restarting && refusals > refused) this.count(refusals - refused);
      halfOpen = half;
      refused = refusals;
    }, 50).unref();
  }
}
