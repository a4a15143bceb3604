import type { Named } from '../../../../src/model/api/common.ts';

/** A sentence that begins with whom it is about, who stands before it as a link already. */
export function withoutName(text: string, device: Named | undefined): string {
  const name = `"${device?.name ?? ''}" `;
  return text.startsWith(name) ? text.slice(name.length) : text;
}
