import { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where a login is asked for. */
export interface LoginTarget {
  readonly address: string;
  readonly port: number;
  /** TLS without checking the certificate: devices sign their own. */
  readonly isEncrypted: boolean;
}

/** Milliseconds until the connection stands and until the answer is there. */
const PATIENCE = 8000;
/** Octets of an answer that are read: its head is enough. */
const LARGEST = 16 * 1024;

/**
 * One connection, one question, one answer; then it is closed.
 *
 * @param complete whether the octets so far are all that is wanted
 * @returns what was answered, empty where nothing was
 */
export function ask(
  { address, port, isEncrypted }: LoginTarget,
  question: Uint8Array,
  complete: (answer: Buffer) => boolean,
): Promise<Buffer> {
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0);
    const send = (): void => {
      socket.write(question);
    };
    const socket = isEncrypted
      ? connectTls({ host: address, port, rejectUnauthorized: false }, send)
      : new Socket().connect(port, address, send);
    const end = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PATIENCE, end);
    socket.on('error', end).on('close', end);
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]).subarray(0, LARGEST);
      if (answer.length === LARGEST || complete(answer)) end();
    });
  });
}
