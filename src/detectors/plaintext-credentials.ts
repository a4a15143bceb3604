import type { Signal } from '../model/alert.ts';
import type { Login, Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { deviceAt, isLearning } from './learned/ends.ts';
import { tell } from './learned/tell.ts';

const KNOWN = 4_096;
/** Encrypted counterparts, with their usual ports. */
const BETTER: Readonly<Record<string, string>> = {
  http: 'HTTPS',
  ftp: 'SFTP or FTP over TLS',
  telnet: 'SSH',
  mqtt: 'MQTT over TLS (8883)',
  amqp: 'AMQP over TLS (5671)',
  smtp: 'SMTP with STARTTLS',
  pop3: 'POP3 over TLS (995)',
  imap: 'IMAP over TLS (993)',
  rtsp: 'RTSP over TLS, or a login by digest',
};

export const plaintextCredentials = {
  id: 'plaintext_credentials',
  title: 'A password goes over the network in the clear',
  types: ['plaintext_credentials'],
  sources: ['ETSI EN 303 645 provision 5.5-1', 'MITRE ATT&CK T1040 (network sniffing)'],
  learns: false,
  knownFalse: ['a password that is none: some devices send a fixed one that opens nothing'],
  sees: ['login'],
  start: (context) => new PlaintextCredentials(context),
} as const satisfies Detector;

/** A state rather than an event: told once for each client, service and protocol. No secret is kept. */
class PlaintextCredentials implements Watch {
  readonly #context: DetectorContext;
  readonly #known = new BoundedMap<string, true>(KNOWN);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#known.size * 96, dropped: this.#known.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'login') return [];
    // A wrong guess reveals nothing.
    if (!observation.clear || observation.outcome !== 'accepted') return [];
    const client = deviceAt(this.#context, observation.client);
    const isInside = this.#context.isLocal(observation.server.address);
    // Outside a service has ever new addresses.
    const server = isInside ? deviceAt(this.#context, observation.server) : 'outside';
    const key = `${client} ${server} ${observation.protocol} ${observation.server.port}`;
    if (this.#known.has(key)) return [];
    this.#known.set(key, true);
    return [this.#tell(observation, client, server)];
  }

  #tell(login: Login, client: string, server: string): Signal {
    const { at, frame, protocol, server: end } = login;
    const isLate = !isLearning(this.#context, client, at);
    const isInside = server !== 'outside';
    return tell({
      type: 'plaintext_credentials',
      at,
      severity: isLate || !isInside ? 'medium' : 'low',
      threat: 'interception',
      devices: isInside ? [client, server] : [client],
      peer: end.address,
      port: end.port,
      transport: 'tcp',
      about: `${server} ${protocol} ${end.port}`,
      summary: `${client} logs in at ${isInside ? server : end.address} by ${protocol}: its password can be read on the way`,
      usual: isLate ? 'It did not do so while it was learned.' : 'It may do so always.',
      remedy: `Use ${BETTER[protocol] ?? 'an encrypted form'} and change the password, which counts as known.`,
      reasons: [
        'anybody on the path can read it',
        ...(isInside ? [] : ['it crosses the Internet']),
        ...(isLate ? ['new since the learning time'] : []),
      ],
      facts: { protocol },
      frames: [frame],
    });
  }
}
