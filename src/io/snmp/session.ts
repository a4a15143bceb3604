import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import type { User, Varbind } from 'net-snmp';
import { PortolanError } from '../../base/errors.ts';
import type { AuthProtocol, Credentials, PrivacyProtocol } from './credentials.ts';
import type { Agent, Binding, Value } from './walk.ts';

/** Rows that are asked for at once: an answer of about 1 kB, which no router splits. */
const REPETITIONS = 24;
/** Milliseconds until a question is put again, and how often. */
const TIMEOUT = 2000;
const RETRIES = 2;

export interface SnmpTarget {
  readonly address: string;
  readonly port: number;
  readonly credentials: Credentials;
}

export interface OpenAgent extends Agent {
  close(): void;
}

/** An agent over UDP, by the net-snmp package, which is loaded here only. Reads; there is no set. */
export async function openAgent(target: SnmpTarget): Promise<OpenAgent> {
  const snmp = await import('net-snmp');
  const { address, port, credentials } = target;
  const questions = new Questions(target);
  const options = {
    port,
    transport: address.includes(':') ? ('udp6' as const) : ('udp4' as const),
    timeout: TIMEOUT,
    retries: RETRIES,
    dgramModule: {
      createSocket: (type: 'udp4' | 'udp6') =>
        new GuardedSocket(type, target, () => questions.end()),
    },
  };
  const session =
    credentials.kind === 'community'
      ? snmp.createSession(address, credentials.community, { ...options, version: 1 })
      : snmp.createV3Session(address, userOf(credentials, snmp), options);
  // A datagram that is no message; the question it was to answer runs into its timeout.
  session.on('error', () => {});
  const asked = async (put: (done: Done) => void): Promise<readonly Binding[] | 'too big'> => {
    const varbinds = await questions.put(put);
    return varbinds === 'too big' ? varbinds : bindingsOf(varbinds, snmp.isVarbindError);
  };
  return {
    get: async (oids) => orNone(await asked((done) => session.get([...oids], done))),
    next: async (oid) => {
      const many = await asked((done) => session.getBulk([oid], 0, REPETITIONS, done));
      // RFC 3416 §4.2.3 has an agent send what fits; some refuse all of it.
      return many === 'too big'
        ? orNone(await asked((done) => session.getNext([oid], done)))
        : many;
    },
    close: () => {
      questions.end();
      session.close();
    },
  };
}

function orNone(bindings: readonly Binding[] | 'too big'): readonly Binding[] {
  return bindings === 'too big' ? [] : bindings;
}

type Done = (error: Error | null, varbinds?: readonly (Varbind | readonly Varbind[])[]) => void;

/** RFC 3416 §3: error-status tooBig(1). The others say that there is nothing for us. */
const TOO_BIG = 1;

/** What was asked and not answered yet: it ends when the agent's port turns out to be closed. */
class Questions {
  readonly #target: SnmpTarget;
  readonly #waiting = new Set<(reason: Error) => void>();

  constructor(target: SnmpTarget) {
    this.#target = target;
  }

  put(question: (done: Done) => void): Promise<readonly Varbind[] | 'too big'> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      question((error, varbinds = []) => {
        this.#waiting.delete(reject);
        if (error === null) resolve(varbinds.flat());
        else if (error.name !== 'RequestFailedError') reject(this.#failed(error));
        else resolve('status' in error && error.status === TOO_BIG ? 'too big' : []);
      });
    });
  }

  end(): void {
    for (const reject of this.#waiting) reject(this.#silent());
    this.#waiting.clear();
  }

  #silent(): PortolanError {
    const { address, port } = this.#target;
    return new PortolanError('E_NETWORK', `${address} does not answer SNMP on udp/${port}`, {
      remedy: 'Check that it allows SNMP from this machine, and its community or user',
    });
  }

  #failed(error: Error): PortolanError {
    if (error.name === 'RequestTimedOutError') return this.#silent();
    const { address } = this.#target;
    return new PortolanError('E_NETWORK', `${address} gave no answer to SNMP: ${error.message}`, {
      remedy: 'Check the user, its passphrases and protocols',
      cause: error,
    });
  }
}

/** Without those that say "no such object" or "end of the view" (RFC 3416 §3). */
function bindingsOf(
  varbinds: readonly Varbind[],
  isError: (varbind: Varbind) => boolean,
): readonly Binding[] {
  const bindings: Binding[] = [];
  for (const varbind of varbinds) {
    if (isError(varbind)) continue;
    const value = known(varbind.value);
    if (value !== undefined) bindings.push({ oid: varbind.oid, value });
  }
  return bindings;
}

function known(value: unknown): Value | undefined {
  if (typeof value === 'number' || typeof value === 'string') return value;
  return value instanceof Uint8Array ? value : undefined;
}

function userOf(
  credentials: Extract<Credentials, { kind: 'user' }>,
  snmp: typeof import('net-snmp'),
): User {
  const { user: name, auth, privacy } = credentials;
  const level = auth === undefined ? 'noAuthNoPriv' : privacy ? 'authPriv' : 'authNoPriv';
  return {
    name,
    level: snmp.SecurityLevel[level],
    ...(auth === undefined
      ? {}
      : { authProtocol: snmp.AuthProtocols[AUTH[auth.protocol]], authKey: auth.passphrase }),
    ...(privacy === undefined
      ? {}
      : {
          privProtocol: snmp.PrivProtocols[PRIVACY[privacy.protocol]],
          privKey: privacy.passphrase,
        }),
  };
}

const AUTH = {
  MD5: 'md5',
  SHA: 'sha',
  'SHA-224': 'sha224',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
} as const satisfies Readonly<Record<AuthProtocol, string>>;

const PRIVACY = {
  DES: 'des',
  AES: 'aes',
  // Blumenthal's draft is Net-SNMP's; Cisco's spelling of it extends the key in another way.
  'AES-256': 'aes256b',
  'AES-256-C': 'aes256r',
} as const satisfies Readonly<Record<PrivacyProtocol, string>>;

/**
 * What net-snmp takes for a socket of Node's. Connected, so that the kernel drops what others send
 * and an ICMP refusal ends the wait; and whatever a hostile message makes net-snmp throw stays here,
 * where it would otherwise end the process.
 */
class GuardedSocket extends EventEmitter {
  readonly #socket: Socket;
  readonly #ready: Promise<void>;
  #closed = false;

  /** @param refused called when the port turns out to be closed, or no way leads there */
  constructor(type: 'udp4' | 'udp6', { address, port }: SnmpTarget, refused: () => void) {
    super();
    this.#socket = createSocket(type);
    this.#socket.on('error', refused);
    this.#socket.on('message', (datagram, from) => this.#heard(datagram, from));
    this.#ready = new Promise((resolve) => {
      this.#socket.once('connect', resolve).once('error', () => resolve());
      this.#socket.connect(port, address);
    });
  }

  send(
    datagram: Uint8Array,
    offset: number,
    length: number,
    _port: number,
    _address: string,
    done: (error: Error | null, octets: number) => void,
  ): void {
    void this.#ready.then(() => {
      if (this.#closed) return;
      try {
        this.#socket.send(datagram.subarray(offset, offset + length), (error, octets) => {
          // A refusal comes as an event too, and ends what waits.
          done(null, error === null ? octets : 0);
        });
      } catch {
        // No way there: the question runs into its timeout, once it is known to have been put.
        done(null, 0);
      }
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#ready.then(() => this.#socket.close(() => this.emit('close')));
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }

  #heard(datagram: Uint8Array, from: unknown): void {
    try {
      this.emit('message', datagram, from);
    } catch {
      // Not a message of any kind: the question runs into its timeout.
    }
  }
}
