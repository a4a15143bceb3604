import { z } from 'zod';
import type { Row } from './driver.ts';
import type { StoredPeer, StoredUse } from './store.ts';

/** A port counts as used when a conversation took place on it; that somebody knocked is no use. */
type Counts = (row: string) => string;
const ANSWERED: Counts = (row) =>
  `${row}.outcome = 'answered' AND ${row}.transport IN ('tcp', 'udp')`;
/** What a scan of ours asks is no use either. */
const BY_OTHERS: Counts = (row) => `${ANSWERED(row)} AND ${row}.scan IS NULL`;

/** Higher than every one before: whoever asks again is given only what is another since. */
const NEXT = '(SELECT coalesce(max(seq), 0) + 1 FROM port_use)';

const ENDS = [
  { direction: 'to-device', address: 'destination', peer: 'source' },
  { direction: 'from-device', address: 'source', peer: 'destination' },
] as const;

const add = (counts: Counts): string =>
  ENDS.map(
    ({ direction, address, peer }) => `
    INSERT INTO port_use (address, direction, transport, port, flows, first, last, peer, seq)
    SELECT NEW.${address}, '${direction}', NEW.transport, NEW.destination_port, 1, NEW.first_seen,
      NEW.last_seen, NEW.${peer}, ${NEXT} WHERE ${counts('NEW')}
    ON CONFLICT DO UPDATE SET flows = flows + 1, first = min(first, excluded.first),
      peer = iif(excluded.last >= last, excluded.peer, peer), last = max(last, excluded.last),
      seq = excluded.seq;`,
  ).join('');

/** What is gone leaves its row, with one conversation less: whoever asks for changes hears of it. */
const subtract = (counts: Counts): string =>
  ENDS.map(
    ({ direction, address }) => `
    UPDATE port_use SET flows = flows - 1, seq = ${NEXT}
    WHERE address = OLD.${address} AND direction = '${direction}' AND transport = OLD.transport
      AND port = OLD.destination_port AND ${counts('OLD')};`,
  ).join('');

const existing = ENDS.map(
  ({ direction, address, peer }) => `
  INSERT INTO port_use (address, direction, transport, port, flows, first, last, peer, seq)
  SELECT ${address}, '${direction}', transport, destination_port, count(*), min(first_seen),
    max(last_seen), ${peer}, 0
  FROM flow WHERE ${ANSWERED('flow')} GROUP BY ${address}, transport, destination_port;`,
).join('');

const triggers = (counts: Counts): string => `
  CREATE TRIGGER flow_used AFTER INSERT ON flow BEGIN ${add(counts)}
  END;
  CREATE TRIGGER flow_used_longer AFTER UPDATE ON flow BEGIN ${subtract(counts)} ${add(counts)}
  END;
  CREATE TRIGGER flow_gone AFTER DELETE ON flow BEGIN ${subtract(counts)}
  END;
`;

/** Sums of the flows by port, kept as flows come and go: of ten million they would take a minute. */
export const USE_SCHEMA = `
  CREATE TABLE port_use (
    address   TEXT NOT NULL,
    direction TEXT NOT NULL,
    transport TEXT NOT NULL,
    port      INTEGER NOT NULL,
    flows     INTEGER NOT NULL,
    first     REAL NOT NULL,
    last      REAL NOT NULL,
    peer      TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    PRIMARY KEY (address, direction, transport, port)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX port_use_by_seq ON port_use (seq);
  ${existing}
  ${triggers(ANSWERED)}
`;

/** A flow says of which scan of ours it is; of what was stored before it is not known. */
export const OWN_SCANS_SCHEMA = `
  ALTER TABLE flow ADD COLUMN scan TEXT;
  DROP TRIGGER flow_used;
  DROP TRIGGER flow_used_longer;
  DROP TRIGGER flow_gone;
  ${triggers(BY_OTHERS)}
`;

export const SELECT_USES = `SELECT address, direction, transport, port, flows, first, last, peer, seq
  FROM port_use WHERE seq > ? ORDER BY address, direction, transport, port`;

/** With whom each address talked, by port, in the newest conversations. */
export const SELECT_PEERS = `SELECT DISTINCT source AS address, transport, destination_port AS port,
    destination AS peer
  FROM (SELECT source, transport, destination_port, destination FROM flow
    WHERE scan IS NULL ORDER BY last_seen DESC LIMIT ?)`;

const peerRow = z.object({
  address: z.string(),
  transport: z.string(),
  port: z.int(),
  peer: z.string(),
});

export function peerFromRow(row: Row): StoredPeer {
  return peerRow.parse(row);
}

const useRow = z.object({
  address: z.string(),
  direction: z.enum(['to-device', 'from-device']),
  transport: z.enum(['tcp', 'udp']),
  port: z.int(),
  flows: z.int(),
  first: z.number(),
  last: z.number(),
  peer: z.string(),
  seq: z.int(),
});

export function useFromRow(row: Row): StoredUse {
  return useRow.parse(row);
}
