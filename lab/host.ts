import { createSocket } from 'node:dgram';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Transport } from '../src/model/core.ts';
import { converse } from './converse.ts';
import type {
  Certificate,
  CertificateForm,
  LabEvent,
  LabHost,
  Level,
  Ports,
  Skipped,
} from './device.ts';
import type { Answerer, Groups, Talk } from './serve.ts';
import { execute, find, spawnBound, untilListening } from './tools.ts';

/** The one network interface of a device in a namespace. */
export const INTERFACE = 'eth0';

export interface Place {
  readonly level: Level;
  readonly address: string;
  readonly address6: string | undefined;
  readonly mac: string;
  readonly workFolder: string;
  readonly eventFile: string;
}

/** What a device's process gives to the device's file. */
export class ProcessHost implements LabHost {
  readonly level: Level;
  readonly address: string;
  readonly mac: string;
  readonly workFolder: string;
  readonly eventFile: string;
  readonly skipped: Skipped[] = [];
  readonly standIns: Skipped[] = [];
  readonly #place: Place;
  #away = false;

  constructor(place: Place) {
    this.#place = place;
    this.level = place.level;
    this.address = place.address;
    this.mac = place.mac;
    this.workFolder = place.workFolder;
    this.eventFile = place.eventFile;
    mkdirSync(this.workFolder, { recursive: true });
  }

  /** Written at once: whoever reads the log after a scan must find all of it. */
  log(event: LabEvent): void {
    appendFileSync(this.eventFile, `${JSON.stringify({ at: Date.now(), ...event })}\n`);
  }

  tcp(port: number, talk: () => Talk): Promise<void> {
    return this.raw(port, (socket) =>
      converse(socket, talk(), port, (event) => this.log(this.#withPeer(socket, event))),
    );
  }

  async tls(port: number, talk: () => Talk): Promise<void> {
    const certificate = await this.certificate();
    if (certificate === undefined) {
      return this.#skip('tcp', port, 'no certificate: openssl is not installed');
    }
    const secureContext = createSecureContext({
      key: readFileSync(certificate.keyFile),
      cert: readFileSync(certificate.certificateFile),
      minVersion: 'TLSv1.2',
    });
    return this.raw(port, (socket) => {
      const secure = new TLSSocket(socket, { isServer: true, secureContext });
      secure.on('error', () => socket.destroy());
      converse(secure, talk(), port, (event) => this.log(this.#withPeer(socket, event)));
    });
  }

  async raw(port: number, serve: (socket: Socket) => void): Promise<void> {
    const why = await this.#listen(createServer(this.#greeted(port, serve)), port);
    if (why !== undefined) this.#skip('tcp', port, why);
  }

  async inetd(port: number, command: readonly string[]): Promise<string | undefined> {
    const [program = '', ...args] = command;
    const path = find(program);
    if (path === undefined) return `${program} is not installed`;
    // Paused: what is read here would be missing there.
    const server = createServer(
      { pauseOnConnect: true },
      this.#greeted(port, (socket) => {
        spawnBound([path, ...args], { stdio: [socket, socket, 'ignore'] });
        socket.destroy(); // The server has the connection now, and this process no part in it.
      }),
    );
    return await this.#listen(server, port);
  }

  #greeted(port: number, serve: (socket: Socket) => void): (socket: Socket) => void {
    return (socket) => {
      socket.on('error', () => {}); // 'close' always follows.
      if (this.#away) {
        socket.resetAndDestroy();
        return;
      }
      this.log(this.#withPeer(socket, { event: 'connection', port }));
      serve(socket);
    };
  }

  async udp(port: number, answer: Answerer, groups: Groups = {}): Promise<void> {
    await this.#udp('udp4', port, answer, groups);
    if (this.level === 1 && groups.ipv6 !== undefined && this.#place.address6 !== undefined) {
      await this.#udp('udp6', port, answer, groups);
    }
  }

  async server(command: readonly string[], ports: Ports): Promise<boolean> {
    const why = await this.attempt(command, ports);
    if (why !== undefined) this.#skipAll(ports, why);
    return why === undefined;
  }

  standIn(port: number, why: string): void {
    this.standIns.push({ transport: 'tcp', port, why });
  }

  async attempt(
    command: readonly string[],
    { tcp = [], udp = [] }: Ports,
  ): Promise<string | undefined> {
    const [program = '', ...args] = command;
    const path = find(program);
    if (path === undefined) return `${program} is not installed`;
    const refused = await this.#refusal(tcp);
    if (refused !== undefined) return refused;
    const child = spawnBound([path, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-400);
    });
    const up =
      (await untilListening('tcp', this.address, tcp, child)) &&
      (await untilListening('udp', this.address, udp, child));
    return up ? undefined : `${program} does not start here: ${lastLine(said)}`;
  }

  certificate(form: CertificateForm = {}): Promise<Certificate | undefined> {
    return certificateIn(this.workFolder, { name: this.address, ...form });
  }

  vanish(milliseconds: number): void {
    if (this.#away) return;
    this.#away = true;
    this.#link('down');
    setTimeout(() => {
      this.#link('up');
      this.#away = false;
    }, milliseconds).unref();
  }

  /** A device that restarts leaves the cable; on loopback it can only reset what comes. */
  #link(state: 'up' | 'down'): void {
    if (this.level !== 1) return;
    const { address6 } = this.#place;
    const batch = [`link set dev ${INTERFACE} ${state}`];
    // The kernel forgets IPv6 addresses with the link, and keeps those of IPv4.
    if (state === 'up' && address6 !== undefined) {
      batch.push(`addr add ${address6}/64 dev ${INTERFACE} nodad`);
    }
    void execute(['ip', '-batch', '-'], `${batch.join('\n')}\n`);
  }

  #withPeer(socket: Socket, event: LabEvent): LabEvent {
    return { ...event, from: (socket.remoteAddress ?? '').replace(/^::ffff:/, '') };
  }

  #skip(transport: Transport, port: number, why: string): void {
    this.skipped.push({ transport, port, why });
  }

  #skipAll({ tcp = [], udp = [] }: Ports, why: string): void {
    for (const port of tcp) this.#skip('tcp', port, why);
    for (const port of udp) this.#skip('udp', port, why);
  }

  /** Why a server could not have these ports; a real one would only say so in its own words. */
  async #refusal(ports: readonly number[]): Promise<string | undefined> {
    for (const port of ports) {
      const trial = createServer();
      const why = await this.#listen(trial, port);
      await new Promise((resolve) => trial.close(resolve));
      if (why !== undefined) return why;
    }
    return undefined;
  }

  async #listen(server: Server, port: number): Promise<string | undefined> {
    if (this.level === 2) return listening(server, port, this.address);
    // Both families by one socket, or IPv4 alone where the kernel has no IPv6.
    const both = await listening(server, port, '::');
    return both === undefined ? undefined : listening(server, port, '0.0.0.0');
  }

  #udp(type: 'udp4' | 'udp6', port: number, answer: Answerer, groups: Groups): Promise<void> {
    const group = type === 'udp4' ? groups.ipv4 : groups.ipv6;
    const socket = createSocket({
      type,
      reuseAddr: group !== undefined,
      ipv6Only: type === 'udp6',
    });
    const member = this.level === 1 ? group : undefined;
    socket.on('message', (datagram, from) => {
      if (this.#away) return;
      this.log({ event: 'bytes', port, from: from.address, count: datagram.length });
      const toGroup = groups.replyToGroup === true && from.port === port && member !== undefined;
      const scoped = type === 'udp6' ? `${member ?? ''}%${INTERFACE}` : member;
      for (const bytes of answer(datagram, from)) {
        socket.send(bytes, from.port, toGroup ? scoped : from.address, () => {});
      }
    });
    return new Promise((resolve) => {
      socket.once('error', (error) => {
        this.#skip('udp', port, error.message);
        resolve();
      });
      // A socket bound to one address hears neither groups nor broadcasts.
      const everything = type === 'udp4' ? '0.0.0.0' : '::';
      socket.bind(port, this.level === 1 ? everything : this.address, () => {
        socket.removeAllListeners('error').on('error', () => {});
        if (member !== undefined) {
          const iface = type === 'udp4' ? this.address : `::%${INTERFACE}`;
          socket.addMembership(member, iface);
          if (type === 'udp4') socket.setMulticastInterface(iface);
        }
        resolve();
      });
    });
  }
}

function listening(server: Server, port: number, address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve(error.message);
    server.once('error', fail);
    server.listen(port, address, () => {
      server.off('error', fail);
      resolve(undefined);
    });
  });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** Made by openssl, in that folder; nothing where that is missing. */
export async function certificateIn(
  folder: string,
  form: CertificateForm = {},
): Promise<Certificate | undefined> {
  const stem = `${form.bits ?? 'ec'}-${form.digest ?? 'sha256'}`;
  const keyFile = join(folder, `${stem}.key`);
  const certificateFile = join(folder, `${stem}.crt`);
  // An elliptic curve is quick to make; RSA only where its size is the point.
  const key =
    form.bits === undefined
      ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
      : ['-newkey', `rsa:${form.bits}`];
  const made = await execute([
    ...['openssl', 'req', '-x509', '-nodes', '-days', '3650', ...key],
    ...[`-${form.digest ?? 'sha256'}`, '-subj', `/CN=${form.name ?? 'lab'}`],
    ...['-keyout', keyFile, '-out', certificateFile],
  ]);
  return made.status === 0 ? { keyFile, certificateFile } : undefined;
}
