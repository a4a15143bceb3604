import type { Registry } from './base/registry.ts';
import type { Folded } from './inventory/fold-device.ts';
import type { Advertised, KnownDevice } from './inventory/inventory.ts';
import { Inventory } from './inventory/inventory.ts';
import type { Dossier } from './knowledge/dossier.ts';
import { productMatches } from './knowledge/known-vulnerabilities.ts';
import type { Place } from './ledger/cells.ts';
import { dossiersFor } from './ledger/dossiers.ts';
import type { LedgerTools } from './ledger/ledger.ts';
import { rowsOf } from './ledger/ledger.ts';
import type { Carrier, Instant, Transport } from './model/core.ts';
import type { Device } from './model/device.ts';
import type { Evidence, Signature } from './model/evidence.ts';
import type { Cell, LedgerRow } from './model/ledger.ts';
import type { ScanRecord } from './model/scan.ts';
import type { Service } from './model/service.ts';
import type { Site } from './model/site.ts';
import type { VulnerabilityLookup } from './model/vulnerability.ts';
import type { Protocol } from './protocols/protocol.ts';
import type { JudgeTools, Nameless } from './risk/judge.ts';
import { gatherFindings, judgeSubject } from './risk/judge.ts';
import type { RiskTools } from './risk/risk-rule.ts';
import { encryptedAlternative, inWords } from './risk/shared/encryption.ts';
import { belongsThere } from './risk/shared/misplaced.ts';

/** What enters, in one queue: evidence that the store has given its ids. */
export type Input = { readonly kind: 'evidence'; readonly evidence: readonly Evidence[] };

/**
 * What the shell is asked to do. What that brings about comes back only as an `Input`. Evidence
 * alone asks for nothing yet: beliefs are read with `site` and `known`.
 */
export type Effect = never;

export interface EngineTools {
  vendorOf(mac: string): string | undefined;
  readonly protocols: Registry<Protocol>;
  readonly dossiers: readonly Dossier[];
  sameSignature(a: Signature, b: Signature): boolean;
  /** Whether anybody uses the port of one of these addresses, from flows; undefined where unseen. */
  usage?(addresses: readonly string[], place: Place): Cell | undefined;
  /** What the policy needs and the firewall allows of these devices; asked once for each ledger. */
  rules?(devices: readonly Device[]): SiteRules;
  /** Feeds of known vulnerabilities; without it nothing is checked against them. */
  readonly vulnerabilities?: VulnerabilityLookup;
  /**
   * Changes whenever `usage`, `rules` or `vulnerabilities` may say something else of the device with
   * these addresses; without it every device is judged anew each time.
   */
  stampOf?(addresses: readonly string[]): string;
}

export type SiteRules = Pick<LedgerTools, 'need' | 'ruled' | 'permission'>;

/** What is judged of one device, and what it was judged by. */
interface Judged {
  readonly stamp: string;
  readonly rows: readonly LedgerRow[];
  readonly findings: readonly Nameless[];
}

/** Devices that are judged in one step. */
const STEP = 64;
/** Milliseconds after which a device is judged anew though nothing changed: certificates expire. */
const AGE = 600_000;

/** The one place where the parts meet; it opens nothing, waits for nothing and has no clock. */
export class Engine {
  readonly #inventory: Inventory;
  readonly #protocols: Registry<Protocol>;
  readonly #ledgerTools: LedgerTools;
  readonly #judgeTools: JudgeTools;
  readonly #rules: EngineTools['rules'];
  readonly #stampOf: EngineTools['stampOf'];
  readonly #judged = new WeakMap<Folded, Judged>();
  /** Of each device, while the ledger is built. */
  #addresses: ReadonlyMap<string, readonly string[]> = new Map();

  /** `past` is what the store holds: beliefs are rebuilt from it. */
  constructor(tools: EngineTools, past: Iterable<Evidence>) {
    const { protocols, dossiers } = tools;
    this.#protocols = protocols;
    this.#inventory = new Inventory({
      vendorOf: (mac) => tools.vendorOf(mac),
      sameSignature: (a, b) => tools.sameSignature(a, b),
      usualProtocol: usualProtocols(protocols),
      isFragile: (protocol) => protocols.get(protocol)?.fragile === true,
    });
    this.#ledgerTools = {
      dossiers,
      encryptedForm: (service) => this.#encryptedForm(service),
      isMisplaced: (service) =>
        belongsThere(service, protocols.get(service.protocol)) !== undefined,
      usage: (device, place) => tools.usage?.(this.#addresses.get(device) ?? [], place),
    };
    this.#judgeTools = { protocol: (id) => protocols.get(id), ...riskTools(tools) };
    this.#rules = tools.rules;
    this.#stampOf = tools.stampOf;
    for (const evidence of past) this.#inventory.add(evidence);
  }

  /** Takes in what was observed; the past is never judged anew, only what is believed now. */
  step(input: Input): readonly Effect[] {
    for (const evidence of input.evidence) this.#inventory.add(evidence);
    return [];
  }

  /** Works out what the evidence says of each device, for who has others to answer meanwhile. */
  foldInSteps(): Generator<undefined, void, undefined> {
    return this.#inventory.foldInSteps();
  }

  /** Everything that is believed now, judged as of `at`. */
  site(at: Instant, scans: readonly ScanRecord[]): Site {
    const steps = this.siteInSteps(at, scans);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /**
   * The same in steps of a few milliseconds, for who has others to answer meanwhile. What comes in
   * between the steps is in the next one's site.
   */
  *siteInSteps(at: Instant, scans: readonly ScanRecord[]): Generator<undefined, Site, undefined> {
    const subjects = this.#inventory.folded();
    yield;
    const addresses = new Map(subjects.map(({ device }) => [device.id, device.addresses]));
    const devices = subjects.map(({ device }) => device);
    const rules = this.#rules?.(devices);
    const judged: Judged[] = [];
    for (const [index, subject] of subjects.entries()) {
      if (index % STEP === 0) yield;
      // Set each time: another site may have been asked for between two steps.
      this.#addresses = addresses;
      judged.push(this.#judge(at, subject, rules));
    }
    yield;
    const services = subjects.flatMap((subject) => subject.services);
    const ledger = judged.flatMap(({ rows }) => rows);
    yield;
    const each = judged.map((one) => one.findings);
    const findings = yield* gatherFindings(at, subjects, each);
    return { at, devices, services, ledger, findings, scans };
  }

  /** A device of which nothing changed is not judged again. */
  #judge(at: Instant, subject: Folded, rules: SiteRules | undefined): Judged {
    const stamp = this.#stampOf?.(subject.device.addresses);
    const whole = `${stamp ?? ''} ${Math.floor(at / AGE)}`;
    const before = stamp === undefined ? undefined : this.#judged.get(subject);
    if (before?.stamp === whole) return before;
    const rows = rowsOf(subject, { ...this.#ledgerTools, ...rules });
    const findings = judgeSubject(at, subject, rows, this.#judgeTools);
    const judged = { stamp: whole, rows, findings };
    this.#judged.set(subject, judged);
    return judged;
  }

  /** How an address is to be treated before a packet goes there. */
  known(address: string): KnownDevice {
    return this.#inventory.known(address);
  }

  /**
   * Protocols to try first on a port, best first: what it spoke before, what the device announces.
   * They order the work and prove nothing.
   */
  hints(address: string, port: number, transport: Transport = 'tcp'): readonly string[] {
    const before = this.#inventory.serviceAt(address, transport, port);
    const spoken = before === undefined || before.protocol === 'unknown' ? [] : [before.protocol];
    const announced = this.#inventory
      .advertised(address)
      .filter((offer) => offer.transport === transport && offer.port === port)
      .flatMap((offer) => this.#announced(offer));
    return [...new Set([...spoken, ...announced])];
  }

  /** Whether the port of the device at the address refused when it was asked last. */
  refused(address: string, transport: Transport, port: number): boolean {
    return this.#inventory.refused(address, transport, port);
  }

  /** What the device at the address says that it offers; nobody checked. */
  advertised(address: string): readonly Advertised[] {
    return this.#inventory.advertised(address);
  }

  /** RFC 6763 §4.1.2: `_mqtt._tcp`; other announcements name the protocol itself. */
  #announced({ service }: Advertised): readonly string[] {
    const name = service.toLowerCase().replace(/^_/, '').split('.')[0] ?? '';
    const id = SERVICE_TYPES.get(name) ?? name;
    return this.#protocols.get(id) === undefined ? [] : [id];
  }

  #encryptedForm(service: Service): string | undefined {
    const protocol = this.#protocols.get(service.protocol);
    const better = encryptedAlternative(service, protocol);
    return better === undefined || protocol === undefined ? undefined : inWords(protocol, better);
  }
}

function riskTools({ dossiers, vulnerabilities: feeds }: EngineTools): RiskTools {
  return {
    factoryLogin: (device, services) =>
      dossiersFor(device, services, dossiers).find(({ factoryLogin }) => factoryLogin !== undefined)
        ?.factoryLogin,
    ...(feeds === undefined
      ? {}
      : { vulnerabilities: (device, services) => productMatches(device, services, feeds) }),
  };
}

/** DNS-SD service types that are not called as the protocol is (IANA service names). */
const SERVICE_TYPES: ReadonlyMap<string, string> = new Map([
  ['https', 'http'],
  ['secure-mqtt', 'mqtt'],
  ['coaps', 'coap'],
  ['sftp-ssh', 'ssh'],
  ['ipps', 'ipp'],
  ['hap', 'homekit'],
  ['matterc', 'matter'],
  ['esphomelib', 'esphome-api'],
  ['amqps', 'amqp'],
  ['rfb', 'vnc'],
]);

/** Port → protocol that is usually there; the first in the registry's order where several are. */
export function usualProtocols(
  protocols: Registry<Protocol>,
): (transport: Transport, port: number) => string | undefined {
  const usual = new Map<string, string>();
  for (const { id, ports } of protocols.all) {
    for (const { port, over } of ports) {
      const key = `${transportOf(over)}/${port}`;
      if (!usual.has(key)) usual.set(key, id);
    }
  }
  return (transport, port) => usual.get(`${transport}/${port}`);
}

function transportOf(over: Carrier): Transport {
  if (over === 'tls') return 'tcp';
  return over === 'dtls' ? 'udp' : over;
}
