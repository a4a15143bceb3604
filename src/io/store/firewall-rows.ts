import { z } from 'zod';
import type { FirewallReading } from '../../model/firewall-reading.ts';
import type { Row } from './driver.ts';

export const INSERT_FIREWALL =
  'INSERT INTO firewall (at, origin, target, rules, links) VALUES (?, ?, ?, ?, ?)';

/** The newest of each origin and language: a machine may have rules of nftables and of iptables. */
export const SELECT_FIREWALLS = `SELECT id, at, origin, target, rules, links FROM firewall
  WHERE id IN (SELECT max(id) FROM firewall GROUP BY origin, target) ORDER BY id`;

/** Readings of one origin that are kept. */
const KEPT = 8;
export const PRUNE_FIREWALLS = `DELETE FROM firewall WHERE origin = ? AND target = ? AND id NOT IN
  (SELECT id FROM firewall WHERE origin = ? AND target = ? ORDER BY id DESC LIMIT ${KEPT})`;

const links = z.array(
  z.object({
    interface: z.string(),
    address: z.string(),
    network: z.string(),
    outside: z.boolean(),
  }),
);

const firewallRow = z.object({
  id: z.int().min(1),
  at: z.number(),
  origin: z.string(),
  target: z.string(),
  rules: z.string(),
  links: z.string(),
});

/** @throws where the row is not what we write */
export function firewallFromRow(row: Row): FirewallReading {
  const { rules, links: text, ...rest } = firewallRow.parse(row);
  return { ...rest, text: rules, links: links.parse(JSON.parse(text)) };
}
