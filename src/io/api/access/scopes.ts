import type { Role, Scope } from '../../../model/api/common.ts';

export const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];

export const SCOPES: readonly Scope[] = [
  'read',
  'triage',
  'scan',
  'policy:propose',
  'policy:apply',
  'admin',
];

/** A role is a set of scopes: what a person may do, a token of the same scopes may. */
const OF_ROLE: Readonly<Record<Role, ReadonlySet<Scope>>> = {
  viewer: new Set(['read']),
  operator: new Set(['read', 'triage', 'scan', 'policy:propose']),
  admin: new Set(SCOPES),
};

export const NO_SCOPES: ReadonlySet<Scope> = new Set();

export function scopesOf(role: Role): ReadonlySet<Scope> {
  return OF_ROLE[role];
}

export function isRole(text: string): text is Role {
  return Object.hasOwn(OF_ROLE, text);
}

export function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}
