/**
 * Key of the one-time link, `#k=…`. It is in the fragment because a browser sends that to no server
 * and no log has it; it leaves the address bar and the history at once, so that nobody reads it over
 * a shoulder or finds it later.
 */
export function takeLinkKey(): string | undefined {
  const { hash, pathname, search } = globalThis.location;
  const key = new URLSearchParams(hash.slice(1)).get('k');
  if (key === null || key === '') return undefined;
  globalThis.history.replaceState(null, '', `${pathname}${search}`);
  return key;
}
