import { untrusted } from '../src/base/untrusted.ts';
import type { Carrier, Certainty, Transport } from '../src/model/core.ts';
import type {
  AttributeName,
  CertificateFacts,
  Evidence,
  EvidenceSource,
  Fact,
  IdentifierScheme,
  PresenceVia,
  Signature,
  Subject,
  TlsFacts,
} from '../src/model/evidence.ts';

/** 2026-11-02 08:00 UTC: where the stories in the tests begin. */
export const START = 1_793_606_400_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

type Parts = Partial<Omit<Evidence, 'subject' | 'fact'>> & { readonly mac?: string };

/** Evidence in the order in which it is told, each a second after the one before. */
export class Story {
  readonly #told: Evidence[] = [];
  #now: number;
  #observer = 'PTL-S-TEST';

  constructor(start = START) {
    this.#now = start;
  }

  get evidence(): readonly Evidence[] {
    return this.#told;
  }

  get now(): number {
    return this.#now;
  }

  /** Id of what was told last. */
  get last(): number {
    return this.#told.length;
  }

  wait(milliseconds: number): this {
    this.#now += milliseconds;
    return this;
  }

  scan(observer: string): this {
    this.#observer = observer;
    return this;
  }

  tell(subject: Subject, fact: Fact, parts: Parts = {}): this {
    const { mac, ...rest } = parts;
    this.#told.push({
      id: this.#told.length + 1,
      at: this.#now,
      source: 'active',
      observer: this.#observer,
      certainty: 'proved',
      subject: mac === undefined ? subject : { ...subject, mac },
      fact,
      ...rest,
    });
    this.#now += 1000;
    return this;
  }

  present(address: string, mac?: string, via: PresenceVia = 'arp'): this {
    return this.tell({ address }, { kind: 'present', via }, mac === undefined ? {} : { mac });
  }

  identifier(address: string, scheme: IdentifierScheme, value: string, parts: Parts = {}): this {
    return this.tell({ address }, { kind: 'identifier', scheme, value: untrusted(value) }, parts);
  }

  hostKey(address: string, value: string, parts: Parts = {}): this {
    return this.tell(
      { address, transport: 'tcp', port: 22 },
      { kind: 'identifier', scheme: 'host-key', value: untrusted(value) },
      parts,
    );
  }

  attribute(address: string, name: AttributeName, value: string, parts: Parts = {}): this {
    return this.tell({ address }, { kind: 'attribute', name, value: untrusted(value) }, parts);
  }

  open(address: string, port: number, transport: Transport = 'tcp', parts: Parts = {}): this {
    return this.tell({ address, transport, port }, { kind: 'open' }, parts);
  }

  speaks(address: string, port: number, protocol: string, parts: SpeaksParts = {}): this {
    const { over = 'tcp', version = 'unknown', ...rest } = parts;
    return this.tell(at(address, port, over), { kind: 'speaks', protocol, version }, rest);
  }

  about(address: string, port: number, fact: Fact, over: Carrier = 'tcp', parts: Parts = {}): this {
    return this.tell(at(address, port, over), fact, parts);
  }

  detail(address: string, port: number, name: string, value: string, over: Carrier = 'tcp'): this {
    return this.about(address, port, { kind: 'detail', name, value: untrusted(value) }, over);
  }

  swept(address: string, closed: string, silent = '', transport: Transport = 'tcp'): this {
    return this.tell({ address }, { kind: 'swept', transport, closed, silent });
  }

  /** A person's word. */
  says(address: string, fact: Fact, parts: Parts = {}): this {
    return this.tell({ address }, fact, { source: 'user', observer: 'user', ...parts });
  }
}

type SpeaksParts = Parts & {
  readonly over?: Carrier;
  readonly version?: string;
  readonly certainty?: Certainty;
  readonly source?: EvidenceSource;
};

function at(address: string, port: number, over: Carrier): Subject {
  const transport = over === 'udp' || over === 'dtls' ? 'udp' : 'tcp';
  return { address, transport, port, over };
}

export function signature(parts: Partial<Signature> = {}): Signature {
  return {
    question: '',
    start: '000055aa',
    framing: 'length-u32',
    lengthAt: 12,
    entropy: 4.2,
    length: 48,
    ...parts,
  };
}

export function tlsFacts(
  parts: Partial<TlsFacts> = {},
  certificate: Partial<CertificateFacts> = {},
): TlsFacts {
  return {
    versions: ['TLSv1.2', 'TLSv1.3'],
    cipher: 'TLS_AES_256_GCM_SHA384',
    clientCertificate: false,
    certificate: {
      subject: untrusted('CN=device'),
      issuer: untrusted('CN=Maker CA'),
      names: [],
      notBefore: START - 30 * DAY,
      notAfter: START + 300 * DAY,
      selfSigned: false,
      key: 'rsa',
      bits: 2048,
      signature: 'sha256WithRSAEncryption',
      fingerprint: 'ab'.repeat(32),
      ...certificate,
    },
    ...parts,
  };
}
