import { Socket } from 'node:net';
import type { Sockets } from './sockets.ts';

/** What came of one full connect. */
export type Connected =
  | { readonly kind: 'open'; readonly socket: Socket; readonly milliseconds: number }
  /** The device, or a firewall in its name, refused: it is there. */
  | { readonly kind: 'refused'; readonly milliseconds: number }
  /** It was accepted and reset before we could look: open, and of no use. */
  | { readonly kind: 'reset'; readonly milliseconds: number }
  | { readonly kind: 'silent' }
  /** A router or our own kernel says that nobody is there. */
  | { readonly kind: 'unreachable'; readonly code: string }
  /** This machine has no socket or port left: it says nothing of the device. */
  | { readonly kind: 'exhausted'; readonly code: string };

const EXHAUSTED = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EAGAIN']);

/** @param timeout milliseconds */
export function connect(
  address: string,
  port: number,
  timeout: number,
  sockets: Sockets,
): Promise<Connected> {
  return new Promise((resolve) => {
    const start = performance.now();
    const socket = new Socket();
    let isSettled = false;
    // The listeners stay: what comes after the first word is ignored, which costs less than taking
    // them off 65,535 times.
    const settle = (result: Connected): void => {
      if (isSettled) return;
      isSettled = true;
      socket.setTimeout(0);
      if (result.kind !== 'open') {
        sockets.delete(socket);
        socket.destroy();
      }
      resolve(result);
    };
    socket.on('connect', () => {
      const milliseconds = performance.now() - start;
      if (isItself(socket)) settle({ kind: 'refused', milliseconds });
      else settle({ kind: 'open', socket, milliseconds });
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      settle(failure(error.code ?? 'unknown', performance.now() - start)),
    );
    socket.on('close', () => {
      sockets.delete(socket);
      settle({ kind: 'silent' });
    });
    socket.setTimeout(timeout, () => settle({ kind: 'silent' }));
    sockets.add(socket);
    socket.connect({ host: address, port, noDelay: true });
  });
}

function failure(code: string, milliseconds: number): Connected {
  if (code === 'ECONNREFUSED') return { kind: 'refused', milliseconds };
  // A reset of a SYN is a refusal (RFC 9293 §3.10.7.3), so this one came after the handshake.
  if (code === 'ECONNRESET') return { kind: 'reset', milliseconds };
  if (EXHAUSTED.has(code)) return { kind: 'exhausted', code };
  return code === 'ETIMEDOUT' ? { kind: 'silent' } : { kind: 'unreachable', code };
}

/**
 * On loopback the kernel may choose, as the port to come from, the very one that is asked: the two
 * halves then meet (simultaneous open, RFC 9293 §3.5), and the port only seems to be open.
 */
function isItself(socket: Socket): boolean {
  return socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
}
