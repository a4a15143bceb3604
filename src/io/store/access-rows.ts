import { z } from 'zod';
import type { Account, StoredSession, StoredToken } from './access.ts';
import type { Row } from './driver.ts';

/** Codes of RFC 6238 are valid once: `totp_step` is the last one that was used. */
export const ACCESS_SCHEMA = `
  CREATE TABLE account (
    name         TEXT PRIMARY KEY,
    role         TEXT NOT NULL,
    password     TEXT NOT NULL,
    totp         TEXT,
    totp_pending TEXT,
    totp_step    INTEGER NOT NULL DEFAULT 0,
    created_at   REAL NOT NULL,
    last_sign_in REAL
  ) STRICT;
  CREATE TABLE session (
    hash       TEXT PRIMARY KEY,
    account    TEXT,
    created_at REAL NOT NULL,
    seen_at    REAL NOT NULL
  ) STRICT;
  CREATE INDEX session_by_account ON session (account);
  CREATE TABLE token (
    id         TEXT PRIMARY KEY,
    hash       TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    last_used  REAL
  ) STRICT;
  `;

const accountRow = z.object({
  name: z.string(),
  role: z.enum(['viewer', 'operator', 'admin']),
  password: z.string(),
  totp: z.string().nullable(),
  totp_pending: z.string().nullable(),
  created_at: z.number(),
  last_sign_in: z.number().nullable(),
});

const sessionRow = z.object({
  hash: z.string(),
  account: z.string().nullable(),
  created_at: z.number(),
  seen_at: z.number(),
});

const scopes = z.array(
  z.enum(['read', 'triage', 'scan', 'policy:propose', 'policy:apply', 'admin']),
);

const tokenRow = z.object({
  id: z.string(),
  hash: z.string(),
  name: z.string(),
  scopes: z.string(),
  created_by: z.string(),
  created_at: z.number(),
  expires_at: z.number(),
  last_used: z.number().nullable(),
});

/** @throws where the row is not what we write */
export function accountFromRow(row: Row): Account {
  const { name, role, password, totp, ...rest } = accountRow.parse(row);
  return {
    name,
    role,
    password,
    createdAt: rest.created_at,
    ...(totp === null ? {} : { totp }),
    ...(rest.totp_pending === null ? {} : { totpPending: rest.totp_pending }),
    ...(rest.last_sign_in === null ? {} : { lastSignIn: rest.last_sign_in }),
  };
}

/** @throws where the row is not what we write */
export function sessionFromRow(row: Row): StoredSession {
  const { hash, account, created_at: createdAt, seen_at: seenAt } = sessionRow.parse(row);
  return { hash, createdAt, seenAt, ...(account === null ? {} : { account }) };
}

/** @throws where the row is not what we write */
export function tokenFromRow(row: Row): StoredToken {
  const { id, hash, name, ...rest } = tokenRow.parse(row);
  return {
    id,
    hash,
    name,
    scopes: scopes.parse(JSON.parse(rest.scopes)),
    createdBy: rest.created_by,
    createdAt: rest.created_at,
    expiresAt: rest.expires_at,
    ...(rest.last_used === null ? {} : { lastUsed: rest.last_used }),
  };
}
