import type { SessionView } from '../../../src/model/api/auth.ts';
import type { Scope } from '../../../src/model/api/common.ts';
import { useApi } from '../api/hooks.ts';

/** Whether whoever is signed in may do this: a button that would be refused is not offered. */
export function useMay(scope: Scope): boolean {
  const { data } = useApi<SessionView>('session');
  return data?.scopes.some((one) => one === scope || one === 'admin') ?? false;
}
