import { reveal } from '../base/untrusted.ts';
import type { Belief, Device } from '../model/device.ts';

/**
 * Whether a device does one thing, so that what it talks to is a short and steady list, or what its
 * owner likes (RFC 8520 §1: "things" that have a single or a small number of intended uses, as
 * against general-purpose computers). Detectors that learn what is usual need to know.
 */
export type Purpose = 'single' | 'general' | 'unknown';

export interface PurposeJudgement {
  readonly purpose: Purpose;
  /** On what it rests, in words; empty for `unknown`. */
  readonly reason: string;
}

/** Systems on which people install what they like, as identifiers write them, lower case. */
const GENERAL_SYSTEMS: readonly string[] = [
  'windows',
  'macos',
  'mac os',
  'ios',
  'ipados',
  'chromeos',
  'ubuntu',
  'debian',
  'fedora',
];
/** Systems that run firmware of one maker; a plain `Linux` or `Android` may be either. */
const SINGLE_SYSTEMS: readonly string[] = [
  'embedded linux',
  'lwip',
  'freertos',
  'vxworks',
  'tvos',
  'webos',
  'tizen',
];

/**
 * The kind decides before the system, since it says what the thing is for: a television that runs
 * Android stays a television. A hint alone decides nothing, for either answer lowers somebody's guard.
 */
export function purposeOf(device: Pick<Device, 'category' | 'attributes'>): PurposeJudgement {
  return byCategory(device) ?? bySystem(device.attributes.os?.[0]) ?? UNKNOWN;
}

function byCategory({
  category,
  attributes,
}: Pick<Device, 'category' | 'attributes'>): PurposeJudgement | undefined {
  if (category === 'unknown' || attributes.category?.[0]?.certainty === 'hint') return undefined;
  const purpose = category === 'general-purpose' ? 'general' : 'single';
  const [kind] = attributes.kind ?? [];
  const what = kind === undefined ? category : `${category} (${safe(reveal(kind.value))})`;
  return { purpose, reason: `it is known as ${what}` };
}

function bySystem(os: Belief | undefined): PurposeJudgement | undefined {
  if (os === undefined || os.certainty === 'hint') return undefined;
  const system = reveal(os.value).toLowerCase();
  const runs = (names: readonly string[]): boolean => names.some((name) => system.startsWith(name));
  const purpose = runs(GENERAL_SYSTEMS) ? 'general' : runs(SINGLE_SYSTEMS) ? 'single' : undefined;
  return purpose && { purpose, reason: `it runs ${safe(system)}` };
}

const UNKNOWN: PurposeJudgement = { purpose: 'unknown', reason: '' };

/** A kind and a system may come from the network: words of letters and digits alone. */
function safe(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9 .-]/g, '').slice(0, 40);
}
