import { untrusted } from '../src/base/untrusted.ts';
import { openDriver } from '../src/io/store/driver.ts';
import { openStore, storeFile } from '../src/io/store/open.ts';
import type { Fact, NewEvidence } from '../src/model/evidence.ts';

/*
 * A store as it is after months: devices that were scanned each day, what is wrong with them, and
 * conversations. The devices are those of the made-up traffic (`_capture.ts`), by address and MAC.
 */

/** Milliseconds between two conversations: ten million reach back for eleven days. */
const APART = 100;

export interface KnownSite {
  readonly devices: number;
  /** Pieces of evidence. */
  readonly evidence: number;
  readonly conversations: number;
  /** When the last conversation took place. */
  readonly until: number;
}

export function fill(folder: string, site: KnownSite): void {
  const store = openStore(folder);
  const evidence = [...story(site)];
  for (let at = 0; at < evidence.length; at += 1000) store.append(evidence.slice(at, at + 1000));
  store.close();
  addConversations(folder, site);
}

/** Peers and ports: with the devices they have no divisor in common, so that all of them meet. */
const PEERS = 97;
const PORTS = 11;

/** By SQL alone: what is kept as conversations come and go is made of the whole once they are there. */
function addConversations(folder: string, { conversations, devices, until }: KnownSite): void {
  const driver = openDriver(storeFile(folder));
  const from = until - conversations * APART;
  driver.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -400000');
  const triggers = driver.all(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'flow'",
  );
  for (const { name } of triggers) driver.exec(`DROP TRIGGER ${String(name)}`);
  driver.exec(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${conversations})
    INSERT INTO flow (observer, first_seen, last_seen, source, source_port, destination,
      destination_port, transport, ip_protocol, sent_packets, sent_bytes, received_packets,
      received_bytes, outcome, protocol, version, carrier, certainty, community_id, first_frame,
      last_frame, lost)
    SELECT 'far', ${from} + i * ${APART}, ${from} + i * ${APART} + 90, '10.0.0.' || (i % ${devices} + 1),
      1024 + i % 60000, '198.18.0.' || (i % ${PEERS}), 1000 + i % ${PORTS}, 'tcp', 6, 6, 900, 6, 4000,
      'answered', 'https', '1.3', 'tls', 'proved', '1:hO+sN4H+MG5MY/8hIrXPqc4ZQz8=', 1, 12, 0 FROM n`);
  const ends = [
    { direction: 'from-device', address: `'10.0.0.' || (i % ${devices} + 1)`, many: devices },
    { direction: 'to-device', address: `'198.18.0.' || (i % ${PEERS})`, many: PEERS },
  ];
  // The first of each kind stands for all of it: they come in turn.
  for (const { direction, address, many } of ends) {
    const kinds = many * PORTS;
    driver.exec(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${Math.min(kinds, conversations)})
      INSERT INTO port_use (address, direction, transport, port, flows, first, last, peer, seq)
      SELECT ${address}, '${direction}', 'tcp', 1000 + i % ${PORTS}, ${Math.floor(conversations / kinds)},
        ${from} + i * ${APART}, ${until} - ${kinds * APART} + i * ${APART}, '198.18.0.1', 1 FROM n`);
  }
  for (const { sql } of triggers) driver.exec(String(sql));
  driver.close();
}

/** What a scan finds of each device, again and again. */
function* story({ devices, evidence, until }: KnownSite): Iterable<NewEvidence> {
  for (let index = 0; index < evidence; index += 1) {
    const device = index % devices;
    const [port, fact] = found(device, Math.floor(index / devices));
    const mac = `02:00:00:00:00:${device.toString(16).padStart(2, '0')}`;
    const address = `10.0.0.${device + 1}`;
    yield {
      at: until - (evidence - index) * 1000,
      source: 'active',
      observer: 'PTL-S-BENCH',
      subject:
        port === undefined ? { address, mac } : { address, mac, transport: 'tcp' as const, port },
      certainty: 'proved',
      fact,
    };
  }
}

/** Five services of a device: an open broker and a shell in the clear, which are findings, among them. */
function found(device: number, turn: number): readonly [number | undefined, Fact] {
  const kinds: readonly (readonly [number | undefined, Fact])[] = [
    [undefined, { kind: 'present', via: 'arp' }],
    [undefined, { kind: 'attribute', name: 'name', value: untrusted(`Device ${device}`) }],
    [undefined, { kind: 'attribute', name: 'model', value: untrusted(`Model ${device % 40}`) }],
    [80, { kind: 'speaks', protocol: 'http', version: '1.1' }],
    [80, { kind: 'detail', name: 'title', value: untrusted('Set up your device') }],
    [443, { kind: 'speaks', protocol: 'https', version: '1.1' }],
    [1883, { kind: 'speaks', protocol: 'mqtt', version: '3.1.1' }],
    [1883, { kind: 'access', level: 'open' }],
    [23, { kind: 'speaks', protocol: 'telnet', version: '' }],
    [554, { kind: 'speaks', protocol: 'rtsp', version: '1.0' }],
  ];
  return kinds[turn % kinds.length] ?? [undefined, { kind: 'open' }];
}
