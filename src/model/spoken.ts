import type { Signal } from './alert.ts';

/** What an address may go on with: the same text before another of these is another address. */
const OF_ADDRESS = /[\w.:]/;

/**
 * A sentence about a signal with names of devices in the place of their addresses, as people read it.
 * Detectors write addresses, since a name is another text tomorrow, and foreign.
 *
 * @param nameOf what the device with this MAC or address is called, ready to be shown: with quotes
 * where it is foreign; undefined for one that has no name
 */
export function spoken(
  signal: Pick<Signal, 'devices' | 'peer'>,
  text: string,
  nameOf: (key: string) => string | undefined,
): string {
  const keys = new Set([...signal.devices, ...(signal.peer === undefined ? [] : [signal.peer])]);
  let said = text;
  for (const key of keys) {
    const name = key === '' ? undefined : nameOf(key);
    if (name !== undefined && name !== key) said = replaced(said, key, name);
  }
  return said;
}

function replaced(text: string, key: string, name: string): string {
  let said = '';
  let from = 0;
  for (;;) {
    const at = text.indexOf(key, from);
    if (at < 0) return said + text.slice(from);
    const end = at + key.length;
    const isWhole =
      !OF_ADDRESS.test(text.charAt(at - 1)) && !goesOn(text.charAt(end), text.charAt(end + 1));
    said += text.slice(from, at) + (isWhole ? name : key);
    from = end;
  }
}

/** A full stop or a colon may also end a sentence or begin an explanation. */
function goesOn(next: string, after: string): boolean {
  if (next === '.' || next === ':') return OF_ADDRESS.test(after);
  return OF_ADDRESS.test(next);
}
