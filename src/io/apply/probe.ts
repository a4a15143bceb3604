import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { PortolanError } from '../../base/errors.ts';

/** Something that must still work once rules are loaded, seen from this machine. */
export type Probe =
  | { readonly kind: 'tcp'; readonly text: string; readonly host: string; readonly port: number }
  | { readonly kind: 'dns'; readonly text: string; readonly name: string };

/** Milliseconds that an answer may take. */
const PATIENCE = 3000;

/** `tcp:192.0.2.9:443`, `dns:example.com`. @throws PortolanError E_USAGE */
export function parseProbe(text: string): Probe {
  const name = /^dns:([A-Za-z0-9_.-]{1,253})$/.exec(text)?.[1];
  if (name !== undefined) return { kind: 'dns', text, name };
  const [, host, digits] = /^tcp:\[?([^\s\]]{1,253}?)\]?:(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host !== undefined && port > 0 && port < 65_536) return { kind: 'tcp', text, host, port };
  throw new PortolanError('E_USAGE', `${JSON.stringify(text)} is nothing to try`, {
    remedy: 'For example: --probe tcp:192.0.2.9:443 or --probe dns:example.com',
  });
}

/** Those that do not work, by their text. */
export async function failing(probes: readonly Probe[]): Promise<ReadonlySet<string>> {
  const works = await Promise.all(
    probes.map((probe) => (probe.kind === 'tcp' ? connects(probe) : resolves(probe.name))),
  );
  return new Set(probes.filter((_, index) => works[index] === false).map(({ text }) => text));
}

function connects({ host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE });
    const end = (works: boolean) => () => {
      socket.destroy();
      resolve(works);
    };
    socket.on('connect', end(true)).on('timeout', end(false)).on('error', end(false));
  });
}

/** An answer that there is no such name is an answer. */
async function resolves(name: string): Promise<boolean> {
  const resolver = new Resolver({ timeout: PATIENCE, tries: 1 });
  try {
    await resolver.resolve(name);
    return true;
  } catch (error) {
    return ['ENODATA', 'ENOTFOUND'].includes(String(Object(error).code));
  }
}
