import { z } from 'zod';
import type {
  AuditView,
  LinkSignIn,
  NewPassword,
  NewToken,
  NewUser,
  OwnProof,
  SessionView,
  SignIn,
  TokenMade,
  TokenView,
  TotpBegun,
  TotpProof,
  UserChange,
  UserView,
} from '../../model/api/auth.ts';
import type { Page } from '../../model/api/common.ts';
import type { StatusView } from '../../model/api/daemon.ts';
import { SCOPES } from './access/scopes.ts';

const instant = z.number();
const text = z.string();
const optional = z.exactOptional;

/** Longer than any that is taken: what is refused says why. */
const secret = z.string().max(1024);
const name = z.string().min(1).max(64);

export const role = z.enum(['viewer', 'operator', 'admin']);
export const scope = z.enum(['read', 'triage', 'scan', 'policy:propose', 'policy:apply', 'admin']);

export const sessionView: z.ZodType<SessionView> = z.object({
  state: z.enum(['setup', 'signed-out', 'signed-in']),
  user: optional(z.object({ name: text, role, totp: z.boolean() })),
  via: optional(z.enum(['link', 'proxy', 'password'])),
  scopes: z.array(scope),
  csrf: optional(text),
  expiresAt: optional(instant),
});

export const signIn: z.ZodType<SignIn> = z.strictObject({
  name,
  password: secret,
  totp: optional(z.string().max(16)),
});

export const linkSignIn: z.ZodType<LinkSignIn> = z.strictObject({ key: secret });

export const newUser: z.ZodType<NewUser> = z.strictObject({ name, password: secret, role });

export const userChange: z.ZodType<UserChange> = z.strictObject({
  role: optional(role),
  password: optional(secret),
});

export const userView: z.ZodType<UserView> = z.object({
  name: text,
  role,
  totp: z.boolean(),
  createdAt: instant,
  lastSignIn: optional(instant),
});

export const newPassword: z.ZodType<NewPassword> = z.strictObject({
  old: secret,
  password: secret,
});

export const ownProof: z.ZodType<OwnProof> = z.strictObject({
  password: secret,
  totp: optional(z.string().max(16)),
});

export const totpBegun: z.ZodType<TotpBegun> = z.object({ address: text, secret: text });
export const totpProof: z.ZodType<TotpProof> = z.strictObject({ code: z.string().max(16) });

export const newToken: z.ZodType<NewToken> = z.strictObject({
  name: z.string().regex(/^[\w .:@/-]{1,64}$/, {
    error: 'is no name: 1 to 64 letters, digits, blanks and . : @ / _ -',
  }),
  scopes: z.array(scope).min(1).max(SCOPES.length),
  days: z.int().min(1).max(365),
});

const token = {
  id: text,
  name: text,
  scopes: z.array(scope),
  createdBy: text,
  createdAt: instant,
  expiresAt: instant,
  lastUsed: optional(instant),
};

export const tokenView: z.ZodType<TokenView> = z.object(token);
export const tokenMade: z.ZodType<TokenMade> = z.object({ ...token, secret: text });

export const auditPage: z.ZodType<Page<AuditView>> = z.object({
  items: z.array(
    z.object({
      seq: z.int(),
      at: instant,
      who: text,
      what: text,
      why: text,
      before: optional(text),
      after: optional(text),
      hash: text,
    }),
  ),
  next: optional(text),
  total: z.int(),
  all: z.int(),
  version: text,
});

export const statusView: z.ZodType<StatusView> = z.object({
  version: text,
  at: instant,
  startedAt: instant,
  state: z.enum(['ok', 'degraded', 'blind']),
  parts: z.array(
    z.object({
      part: z.enum(['store', 'capture', 'enforce', 'deliver', 'schedule', 'scan']),
      state: z.enum(['ok', 'off', 'degraded', 'failed']),
      text,
      since: instant,
      remedy: optional(text),
    }),
  ),
  capture: optional(
    z.object({
      interface: text,
      packets: z.int(),
      dropped: z.int(),
      bytes: optional(z.int()),
      packetsPerSecond: z.number(),
      flows: z.int(),
      lastPacketAt: optional(instant),
      clockOffset: optional(z.number()),
    }),
  ),
  site: z.object({ name: text, scope: z.array(text) }),
  memoryBytes: z.int(),
  storeBytes: z.int(),
  outbox: z.object({ waiting: z.int(), parked: z.int() }),
});
