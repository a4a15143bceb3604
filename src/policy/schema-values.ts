import { z } from 'zod';
import { formatAddress, parseAddress, parseNetwork } from '../base/address.ts';
import { networksOf } from '../base/address-set.ts';
import { instantText, parseInstant } from '../base/instant-text.ts';
import type { PortRange, PortSet } from '../base/port-set.ts';
import { parsePorts, portSet } from '../base/port-set.ts';
import { closest } from '../base/suggest.ts';
import { visible } from '../base/untrusted.ts';
import type { ServiceMatch } from '../model/policy.ts';
import { isReservedName, parseDnsName, parsePeer } from './references.ts';
import { detailOf, parseService, protocolOf } from './services.ts';

/** The values of a policy: each takes what people write and gives the one form that the model has. */

/** People's text in a sentence of ours. */
export function shown(text: string): string {
  const safe = visible(text);
  return `"${safe.length > 60 ? `${safe.slice(0, 59)}…` : safe}"`;
}

export function didYouMean(word: string, choices: readonly string[]): string {
  const best = closest(word, choices);
  return best === undefined ? '' : `. Did you mean ${shown(best)}?`;
}

/** An object of these keys and no other: an unknown one is named, with the one that was meant. */
export function strict<const Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const key = String(issue.keys[0]);
      const near = didYouMean(key, known);
      return `unknown key ${shown(key)}${near === '' ? `. Known are ${known.join(', ')}` : near}`;
    },
  });
}

/** One, or several in a list. */
export function listOf<Item extends z.ZodType>(
  item: Item,
): z.ZodType<z.output<Item>[], z.input<Item> | z.input<Item>[]> {
  return z.union([z.array(item).max(10_000), item.transform((one) => [one])]);
}

/** Text → value, or why not. */
function read<Value>(
  parse: (text: string) => Value | { readonly no: string },
): z.ZodType<Exclude<Value, { readonly no: string }>, string> {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (isRefusal(value)) {
      context.addIssue({ code: 'custom', message: value.no });
      return z.NEVER;
    }
    // biome-ignore lint/nursery/noUnsafeTypeAssertion: a refusal was just ruled out
    return value as Exclude<Value, { readonly no: string }>;
  });
}

function isRefusal(value: unknown): value is { readonly no: string } {
  return typeof value === 'object' && value !== null && 'no' in value;
}

/**
 * Names of zones, endpoints and services. Digits alone would be put in another order by JavaScript;
 * 160 characters, each of them escaped, still fit into a key of YAML (1,024, YAML 1.2 §7.4.2).
 */
export const name = z
  .string()
  .min(1, { error: 'is empty' })
  .max(160, { error: 'is longer than 160 characters' })
  .refine((text) => !/^\d+$/.test(text), { error: 'a name of digits only is read as a number' })
  .refine((text) => !isReservedName(text), {
    error: '"any", "self", and what begins with zone:, net: or name: have a meaning of their own',
  });

export const ID_FORM = /^[a-z][a-z0-9_-]{0,39}$/;

export const id = z
  .string()
  .regex(ID_FORM, {
    error: 'is no id: a small letter, then at most 39 small letters, digits, _ and -',
  })
  .refine((text) => !text.startsWith('ptl-'), {
    error: 'ids that begin with ptl- are those of rules that we add',
  });

/** It reaches rulesets, so it has a form: Linux' 15 characters, and `GigabitEthernet0/1`. */
export const interfaceName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,30}$/, {
  error: 'is no name of an interface',
});

export const network = read((text) => {
  const range = text.includes('%') ? undefined : parseNetwork(text);
  if (range === undefined) {
    return { no: `${shown(text)} is no network such as 192.168.1.0/24 or fd00:20::/64` };
  }
  const proper = networksOf(range)[0] ?? text;
  const address = parseAddress(text.split('/', 1)[0] ?? '');
  if (address?.value === range.from) return proper;
  return { no: `${shown(text)} has host bits set: the network is ${proper}` };
});

export const address = read((text) => {
  const parsed = text.includes('%') ? undefined : parseAddress(text);
  return parsed === undefined ? { no: `${shown(text)} is no address` } : formatAddress(parsed);
});

/** `198.51.100.10-198.51.100.19`, or a network. */
export const addressRange = read((text) => {
  const [from, to] = text.split('-').map((part) => parseAddress(part.trim()));
  if (!text.includes('-')) {
    const parsed = network.safeParse(text);
    return parsed.success ? parsed.data : { no: parsed.error.issues[0]?.message ?? '' };
  }
  const ordered =
    from !== undefined &&
    from.family === to?.family &&
    from.value <= to.value &&
    text.split('-').length === 2;
  return ordered
    ? `${formatAddress(from)}-${formatAddress(to)}`
    : { no: `${shown(text)} is no range such as 198.51.100.10-198.51.100.19` };
});

export const dnsName = read(
  (text) => parseDnsName(text) ?? { no: `${shown(text)} is no DNS name` },
);

/** One end of a rule. What it refers to is looked up later, when all names are known. */
export const peer = read((text) => {
  if (text.length > 300) return { no: 'is longer than 300 characters' };
  const parsed = parsePeer(text.trim());
  if (parsed.kind === 'any' || parsed.kind === 'self') return parsed.kind;
  if (parsed.value === '') return { no: 'is empty' };
  if (parsed.kind === 'zone' || parsed.kind === 'endpoint') return text;
  const value = (parsed.kind === 'net' ? network : dnsName).safeParse(parsed.value);
  if (!value.success) return { no: value.error.issues[0]?.message ?? '' };
  return `${parsed.kind}:${value.data}`;
});

/** Milliseconds since 1970, or a moment as people write it. */
export const instant = z.union([
  read(
    (text) => parseInstant(text) ?? { no: `${shown(text)} is no moment such as 2026-12-01T10:00Z` },
  ),
  z.int().refine((at) => instantText(at) !== '', { error: 'is no moment' }),
]);

const portItem = z.union([z.number(), z.string(), strict({ from: z.number(), to: z.number() })]);

/** `80`, `8000-9000`, `80,443`, or a list of these. */
export const ports = z
  .union([z.number(), z.string(), z.array(portItem).max(1000)])
  .transform((value, context): PortSet => {
    const ranges: PortRange[] = [];
    for (const item of Array.isArray(value) ? value : [value]) {
      const found = rangesOf(item);
      if (found === undefined) {
        const text = typeof item === 'object' ? `${item.from}-${item.to}` : String(item);
        const message = `${shown(text)} is no port from 0 to 65535 and no range such as 8000-9000`;
        context.addIssue({ code: 'custom', message });
      }
      ranges.push(...(found ?? []));
    }
    return portSet(ranges);
  });

function rangesOf(item: z.output<typeof portItem>): PortSet | undefined {
  const text = typeof item === 'object' ? `${item.from}-${item.to}` : String(item);
  return text === '' ? undefined : parsePorts(text);
}

export const serviceWord = read((text) => {
  const match = parseService(text);
  if (match !== undefined) return match;
  const near = didYouMean(text.split('/', 1)[0] ?? '', ['tcp', 'udp', 'icmp', 'icmpv6', 'any']);
  return { no: `${shown(text)} is no service such as tcp/8883, udp/53,5353, icmp/8${near}` };
});

const protocol = z.union([z.string(), z.int()]);

/** One alternative of a service, in full. `ports` is short for `destinationPorts`. */
export const serviceObject = strict({
  protocol,
  ports: z.exactOptional(ports),
  destinationPorts: z.exactOptional(ports),
  sourcePorts: z.exactOptional(ports),
  types: z.exactOptional(listOf(z.int().min(0).max(255))),
}).transform((given, context): ServiceMatch => {
  const refuse = (message: string): ServiceMatch => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const known = protocolOf(String(given.protocol).toLowerCase());
  if (known === undefined) {
    return refuse(
      `${shown(String(given.protocol))} is no protocol: tcp, udp, icmp, icmpv6, any, 0-255`,
    );
  }
  if (given.ports !== undefined && given.destinationPorts !== undefined) {
    return refuse('"ports" is short for "destinationPorts": only one of them');
  }
  const match = {
    protocol: known,
    destinationPorts: given.ports ?? given.destinationPorts ?? [],
    sourcePorts: given.sourcePorts ?? [],
    types: [...new Set(given.types ?? [])].sort((a, b) => a - b),
  };
  const detail = detailOf(known);
  if (detail !== 'ports' && match.destinationPorts.length + match.sourcePorts.length > 0) {
    return refuse(`${known} has no ports`);
  }
  if (detail !== 'types' && match.types.length > 0) return refuse(`${known} has no ICMP types`);
  return match;
});
