import type { IncomingMessage } from 'node:http';
import { parseAddress, parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { addressSet, hasAddress } from '../../base/address-set.ts';
import { PortolanError } from '../../base/errors.ts';
import type { Role } from '../../model/api/common.ts';
import { isRole } from './access/scopes.ts';
import { Refusal } from './refusal.ts';

export interface TrustedProxy {
  /** Networks from which its connections come. */
  readonly cidrs: readonly string[];
  /** Header in which it says who has signed in there, if it does: `X-Remote-User`. */
  readonly userHeader?: string;
  /** Header with the role; without it everybody is a viewer. */
  readonly roleHeader?: string;
}

/** Who is at the other end, as far as it is known before anybody says who they are. */
export interface Peer {
  /** Of the connection, or what a trusted proxy says of its client. */
  readonly address: string;
  /** Name under which we were asked for, with its port. */
  readonly host: string | undefined;
  /** Address of ours at which the connection came in. */
  readonly localAddress: string;
  /** Whether the browser has a TLS connection. */
  readonly secure: boolean;
  /** Whom a trusted proxy has let in. */
  readonly user: { readonly name: string; readonly role: Role } | undefined;
}

/** Signs of the names that proxies pass on: of accounts, mail addresses, LDAP. */
const USER = /^[\w.@+-]{1,64}$/;

export class Peers {
  readonly #proxies: AddressSet;
  readonly #proxy: TrustedProxy | undefined;

  /** @throws PortolanError E_USAGE */
  constructor(proxy: TrustedProxy | undefined) {
    this.#proxy = proxy;
    this.#proxies = addressSet((proxy?.cidrs ?? []).map(networkOf));
  }

  /** Whether connections from there are the proxy's; headers from elsewhere mean nothing. */
  isProxy(address: string): boolean {
    const parsed = parseAddress(address);
    return parsed !== undefined && hasAddress(this.#proxies, parsed);
  }

  of(request: IncomingMessage): Peer {
    const { socket } = request;
    const host = headerOf(request, 'host');
    const address = plainAddress(socket.remoteAddress);
    const localAddress = plainAddress(socket.localAddress);
    if (!this.isProxy(address)) {
      return { address, localAddress, host, secure: false, user: undefined };
    }
    return {
      address: this.#clientOf(request.headersDistinct['x-forwarded-for']) ?? address,
      localAddress,
      host: headerOf(request, 'x-forwarded-host') ?? host,
      secure: headerOf(request, 'x-forwarded-proto') === 'https',
      user: this.#userOf(request),
    };
  }

  /**
   * From the right, the first that is no proxy of ours: what stands left of it anybody may have
   * written. Where that one is no address, nothing is known of the client. Proxies add to the line
   * of the client or put one of their own below it, which is the same (RFC 9110 5.3).
   */
  #clientOf(lines: readonly string[] = []): string | undefined {
    const hops = lines.flatMap((line) => line.split(',')).map(addressIn);
    const last = hops.findLast((hop) => !this.isProxy(hop));
    return last === undefined || parseAddress(last) === undefined ? undefined : last;
  }

  #userOf(request: IncomingMessage): Peer['user'] {
    const { userHeader, roleHeader } = this.#proxy ?? {};
    const name = userHeader === undefined ? undefined : headerOf(request, userHeader);
    if (name === undefined || !USER.test(name)) return undefined;
    const role = roleHeader === undefined ? undefined : headerOf(request, roleHeader);
    return { name, role: role !== undefined && isRole(role) ? role : 'viewer' };
  }
}

/** Undefined where it was sent twice, too: which of them would be meant? */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const values = request.headersDistinct[name.toLowerCase()];
  return values?.length === 1 ? values[0] : undefined;
}

/** A header by which something is decided. @throws Refusal 400 where it was sent twice */
export function onlyOne(request: IncomingMessage, name: string): string | undefined {
  const values = request.headersDistinct[name] ?? [];
  if (values.length <= 1) return values[0];
  throw new Refusal(400, 'E_REQUEST', `The header ${name} was sent twice`, {
    remedy: 'Send it once.',
  });
}

/**
 * Whom an address stands for where something is counted: whoever has one address of IPv6 has 2^64 of
 * them (RFC 4291 2.5.4).
 */
export function holderOf(address: string): string {
  const parsed = parseAddress(plainAddress(address));
  return parsed?.family === 6 ? `${parsed.value >> 64n}/64` : plainAddress(address);
}

/** IPv4 that came in on a socket of both families (RFC 4291 2.5.5.2). */
function plainAddress(address = ''): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** Of a hop, which may have its port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function addressIn(hop: string): string {
  const text = hop.trim();
  const [, bracketed] = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i.exec(text) ?? [];
  const [, dotted] = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(text) ?? [];
  return plainAddress(bracketed ?? dotted ?? text);
}

function networkOf(text: string) {
  const network = parseNetwork(text);
  if (network !== undefined) return network;
  throw new PortolanError('E_USAGE', `"${text}" is no network of a proxy`, {
    remedy: 'For example: portolan serve --trusted-proxy 127.0.0.1/32',
  });
}
