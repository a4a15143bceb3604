import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { contains, parseAddress } from '../../base/address.ts';
import { PortolanError } from '../../base/errors.ts';
import type { Link } from '../discover/interfaces.ts';
import { links, ownAddress } from '../discover/interfaces.ts';
import type { Message, Side } from './relay.ts';
import { Relay } from './relay.ts';

const GROUPS = {
  mdns: { address: '224.0.0.251', port: 5353, ttl: 255 },
  ssdp: { address: '239.255.255.250', port: 1900, ttl: 2 },
} as const;
type Protocol = keyof typeof GROUPS;

export interface RelayOptions {
  /** Interface to the services, and to whoever looks for them. */
  readonly services: string;
  readonly clients: string;
  readonly types: readonly string[];
  readonly ssdp: readonly string[];
  readonly stop: AbortSignal;
  readonly now: () => number;
  /** Called once it listens. */
  readonly ready?: () => void;
}

/**
 * Relays until it is stopped, over IPv4. The side that a message came from is told by its address:
 * what is on neither link is not read (RFC 6762 §11).
 *
 * @throws PortolanError E_NETWORK where an interface has no IPv4 address or a port is taken
 */
export async function runRelay(options: RelayOptions): Promise<Relay> {
  const sides: Readonly<Record<Side, Link>> = {
    services: linkOf(options.services),
    clients: linkOf(options.clients),
  };
  const relay = new Relay(options.types, options.ssdp);
  const sockets: Socket[] = [];
  try {
    const protocols: readonly Protocol[] = [
      ...(options.types.length > 0 ? (['mdns'] as const) : []),
      ...(options.ssdp.length > 0 ? (['ssdp'] as const) : []),
    ];
    for (const protocol of protocols) await open(protocol, sides, relay, options, sockets);
    options.ready?.();
    if (!options.stop.aborted) await once(options.stop, 'abort');
    return relay;
  } finally {
    for (const socket of sockets) socket.close();
  }
}

function linkOf(name: string): Link {
  const link = links().find((one) => one.name === name && one.network.family === 4);
  if (link !== undefined) return link;
  throw new PortolanError('E_NETWORK', `${name} is no interface with an IPv4 address here`, {
    remedy: 'Name interfaces of this machine; list them: ip -4 address',
  });
}

async function open(
  protocol: Protocol,
  sides: Readonly<Record<Side, Link>>,
  relay: Relay,
  { now }: RelayOptions,
  sockets: Socket[],
): Promise<void> {
  const { address: group, port } = GROUPS[protocol];
  const senders = {
    services: await sender(protocol, ownAddress(sides.services)),
    clients: await sender(protocol, ownAddress(sides.clients)),
  };
  sockets.push(senders.services, senders.clients);
  const listener = createSocket({ type: 'udp4', reuseAddr: true });
  sockets.push(listener);
  await bind(listener, port, '0.0.0.0');
  for (const link of Object.values(sides)) listener.addMembership(group, ownAddress(link));
  const send = ({ side, bytes, to }: Message): void => {
    const target = to ?? { address: group, port };
    senders[side].send(bytes, target.port, target.address, () => undefined);
  };
  const own = new Set(Object.values(sides).map(ownAddress));
  for (const socket of [listener, senders.services, senders.clients]) {
    socket.on('message', (bytes, from) => {
      const side = own.has(from.address) ? undefined : sideOf(sides, from.address);
      if (side === undefined) return;
      for (const message of relay.receive({ side, protocol, bytes, from }, now())) send(message);
    });
    // An interface that goes away for a moment is no reason to end.
    socket.on('error', () => undefined);
  }
}

/**
 * mDNS speaks from its port (RFC 6762 §11). So do our searches by SSDP: their answers come back to it,
 * and no firewall knows them for answers, since what was asked is a group.
 */
async function sender(protocol: Protocol, address: string): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  await bind(socket, GROUPS[protocol].port, address);
  socket.setMulticastInterface(address);
  socket.setMulticastTTL(GROUPS[protocol].ttl);
  socket.setMulticastLoopback(false);
  return socket;
}

async function bind(socket: Socket, port: number, address: string): Promise<void> {
  socket.bind({ port, address });
  try {
    await once(socket, 'listening');
  } catch (cause) {
    throw new PortolanError('E_NETWORK', `UDP port ${port} of ${address} cannot be used`, {
      remedy: 'Another program holds it: ss -ulnp',
      cause,
    });
  }
}

function sideOf(sides: Readonly<Record<Side, Link>>, text: string): Side | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  if (contains(sides.services.network, address)) return 'services';
  return contains(sides.clients.network, address) ? 'clients' : undefined;
}
