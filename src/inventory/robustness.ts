import { reveal } from '../base/untrusted.ts';
import type { Category, Robustness } from '../model/core.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Service } from '../model/service.ts';
import type { Attributes } from './attributes.ts';
import type { InventoryTools } from './tools.ts';

export interface Treatment {
  readonly robustness: Robustness;
  /** In words; empty for `unknown`. */
  readonly reason: string;
}

/** Kinds that are made to be talked to by many: general-purpose systems, and what routes for others. */
const ROBUST_KINDS: ReadonlySet<string> = new Set([
  'server',
  'nas',
  'router',
  'computer',
  'laptop',
]);

/** Systems whose network stack serves hundreds of connections; an embedded Linux is not among them. */
const ROBUST_OS = ['linux', 'debian', 'ubuntu', 'raspbian', 'freebsd', 'windows', 'macos'];

/**
 * How much a device can bear. The person's last word decides; then whatever speaks for caution
 * outweighs whatever speaks for strength, since a wrong "fragile" costs time and a wrong "robust" a
 * controller.
 */
export function treatmentOf(
  evidence: readonly Evidence[],
  category: Category | 'unknown',
  attributes: Attributes,
  services: readonly Service[],
  tools: Pick<InventoryTools, 'isFragile'>,
): Treatment {
  const word = evidence.findLast(({ fact }) => fact.kind === 'treat-as')?.fact;
  if (word?.kind === 'treat-as') return { robustness: word.robustness, reason: 'you said so' };

  if (evidence.some(({ fact }) => fact.kind === 'distress')) {
    return fragile('it stopped answering while it was asked');
  }
  const protocol = services.find(
    (service) => service.certainty !== 'hint' && tools.isFragile(service.protocol),
  );
  if (protocol !== undefined) return fragile(`it speaks ${protocol.protocol}`);
  if (category === 'industrial' || category === 'printer' || mayBeController(attributes)) {
    const vendor = attributes.vendor?.[0];
    const by = vendor === undefined ? '' : `, by ${shown(reveal(vendor.value))}`;
    return fragile(`it looks like ${category === 'printer' ? 'a printer' : 'a controller'}${by}`);
  }
  return strengthOf(attributes, services);
}

/** One hint at a controller is enough, unless a person said what it is. */
function mayBeController({ category = [] }: Attributes): boolean {
  return (
    category[0]?.source !== 'user' && category.some(({ value }) => reveal(value) === 'industrial')
  );
}

function strengthOf(attributes: Attributes, services: readonly Service[]): Treatment {
  const kind = attributes.kind?.[0];
  if (kind !== undefined && kind.certainty !== 'hint' && ROBUST_KINDS.has(reveal(kind.value))) {
    return { robustness: 'robust', reason: `it is a ${shown(reveal(kind.value))}` };
  }
  const os = attributes.os?.find(({ value }) => ROBUST_OS.includes(reveal(value).toLowerCase()));
  const ssh = services.some(
    ({ protocol, certainty }) => protocol === 'ssh' && certainty === 'proved',
  );
  return ssh && os !== undefined
    ? { robustness: 'robust', reason: `it runs ${shown(reveal(os.value))} with an SSH server` }
    : { robustness: 'unknown', reason: '' };
}

function fragile(reason: string): Treatment {
  return { robustness: 'fragile', reason };
}

/** Foreign text in a sentence of ours: letters, digits and what names are written with. */
function shown(text: string): string {
  return text.slice(0, 60).replaceAll(/[^\p{L}\p{N} .,&()/_-]/gu, '?');
}
