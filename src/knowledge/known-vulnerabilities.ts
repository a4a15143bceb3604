import { quote, reveal, untrusted } from '../base/untrusted.ts';
import type { Version } from '../base/version.ts';
import { compareVersions, parseVersion } from '../base/version.ts';
import type { Certainty } from '../model/core.ts';
import { compareCertainty } from '../model/core.ts';
import type { Belief, Device } from '../model/device.ts';
import type { Service } from '../model/service.ts';
import type {
  AffectedEntry,
  MatchedVulnerability,
  ProductMatch,
  VersionRange,
  VulnerabilityLookup,
} from '../model/vulnerability.ts';
import { productNames, vendorKeys } from './product-names.ts';
import type { Software } from './software.ts';
import { softwareOf } from './software.ts';

/** Vulnerabilities that are kept of one product. */
const MOST = 500;
/** Beliefs of one attribute that are tried. */
const TRIED = 4;

/**
 * What feeds know against a device: against its firmware, by maker and model, and against the
 * programs that its services name. Maker and product have to be equal by their keys
 * (base/product-key.ts); a version outside every range gives nothing, one that is not known gives
 * hints.
 */
export function productMatches(
  device: Device,
  services: readonly Service[],
  lookup: VulnerabilityLookup,
): readonly ProductMatch[] {
  return [
    ...firmwareMatch(device, services, lookup),
    ...services.flatMap((service) => softwareMatches(service, lookup)),
  ];
}

/** What is looked up, and how surely we know that it is there. */
interface Candidate {
  readonly entries: readonly AffectedEntry[];
  readonly certainty: Certainty;
  /** Why it is no more than a hint; empty where it may be more. */
  readonly doubt: string;
}

function firmwareMatch(
  device: Device,
  services: readonly Service[],
  lookup: VulnerabilityLookup,
): readonly ProductMatch[] {
  const [firmware] = device.attributes.firmware ?? [];
  const version = firmware === undefined ? undefined : parseVersion(reveal(firmware.value));
  const vendors = (device.attributes.vendor ?? []).slice(0, TRIED);
  const models = modelsOf(device, services);
  const candidates = vendors.flatMap((vendor) =>
    vendorKeys(reveal(vendor.value)).flatMap((key) =>
      models.flatMap((model) => candidatesOf(key, vendor, model, firmware, lookup)),
    ),
  );
  const match = judged(candidates, version);
  if (match === undefined) return [];
  const beliefs = [vendors[0], models[0], firmware].flatMap((belief) => belief ?? []);
  const evidence = [...new Set(beliefs.flatMap((belief) => belief.evidence.slice(0, 8)))];
  return [
    {
      ...match,
      product: 'firmware',
      ...(firmware === undefined ? {} : { version: firmware.value }),
      doubt: version === undefined ? 'its firmware version is not known' : match.doubt,
      evidence,
    },
  ];
}

/** Of controllers the order number is more particular than the model, and a service tells it. */
function modelsOf(device: Device, services: readonly Service[]): readonly Belief[] {
  const orders = services.flatMap(({ details, certainty, evidence }) =>
    details
      .filter(({ name }) => name === 'order-number')
      .map(({ value }): Belief => ({ value, certainty, source: 'active', evidence })),
  );
  return [...orders, ...(device.attributes.model ?? [])].slice(0, TRIED);
}

function candidatesOf(
  vendorName: string,
  vendor: Belief,
  model: Belief,
  firmware: Belief | undefined,
  lookup: VulnerabilityLookup,
): readonly Candidate[] {
  return productNames(vendorName, reveal(model.value)).map(({ key, isFamily }) => ({
    // A program of that name by the same maker is another thing than its device.
    entries: lookup.find(vendorName, key).filter(({ part }) => part !== 'application'),
    certainty: least([
      vendor.certainty,
      model.certainty,
      firmware?.certainty ?? 'hint',
      isFamily ? 'likely' : 'proved',
    ]),
    doubt: '',
  }));
}

function softwareMatches(service: Service, lookup: VulnerabilityLookup): readonly ProductMatch[] {
  if (service.state !== 'open') return [];
  return softwareOf(service.details).flatMap((software) => {
    const candidates = software.program.products.map(([vendor, product]) => ({
      entries: lookup
        .find(vendor, product)
        .filter(({ part }) => part === 'application' || part === 'unknown'),
      ...trustIn(software),
    }));
    const match = judged(candidates, parseVersion(software.version));
    if (match === undefined) return [];
    return [
      {
        ...match,
        product: software.program.title,
        version: untrusted(software.version),
        port: service.port,
        transport: service.transport,
        evidence: service.evidence,
      },
    ];
  });
}

/** A banner may say anything, and a packer mends without a new number. */
function trustIn({ packedBy }: Software): Pick<Candidate, 'certainty' | 'doubt'> {
  if (packedBy === undefined) return { certainty: 'likely', doubt: '' };
  return { certainty: 'hint', doubt: 'its packager may have mended it under the same version' };
}

type Judged = Pick<ProductMatch, 'certainty' | 'doubt' | 'vulnerabilities' | 'asOf'>;

function judged(
  candidates: readonly Candidate[],
  version: Version | undefined,
): Judged | undefined {
  const byCve = new Map<string, MatchedVulnerability>();
  let asOf = Number.POSITIVE_INFINITY;
  for (const { entries, certainty } of candidates) {
    for (const entry of entries) {
      const found = matched(entry, version, certainty);
      if (found === undefined) continue;
      byCve.set(entry.cve, merged(byCve.get(entry.cve), found));
      asOf = Math.min(asOf, entry.asOf);
    }
  }
  const vulnerabilities = [...byCve.values()].sort(worstFirst).slice(0, MOST);
  const [first] = vulnerabilities;
  if (first === undefined) return undefined;
  const certainty = vulnerabilities
    .map((one) => one.certainty)
    .reduce((a, b) => (compareCertainty(a, b) >= 0 ? a : b));
  const doubt = candidates.find((one) => one.doubt !== '')?.doubt ?? '';
  const unstated = 'the feed does not say which versions, or under which conditions';
  return { vulnerabilities, certainty, asOf, doubt: certainty === 'hint' ? doubt || unstated : '' };
}

function matched(
  entry: AffectedEntry,
  version: Version | undefined,
  certainty: Certainty,
): MatchedVulnerability | undefined {
  const { cve, title, published, score, vector, exploited, feed } = entry;
  const range = rangeOf(entry.ranges, version);
  if (range === undefined) return undefined;
  const isSure = version !== undefined && range.unstated !== true && !entry.conditional;
  return {
    cve,
    title,
    published,
    ...(score === undefined ? {} : { score }),
    ...(vector === undefined ? {} : { vector }),
    exploited,
    certainty: isSure ? certainty : 'hint',
    ...(range.before === undefined ? {} : { fixed: range.before }),
    feeds: [feed],
  };
}

/** The range in which the version lies; where it is not known, any. */
function rangeOf(
  ranges: readonly VersionRange[],
  version: Version | undefined,
): VersionRange | undefined {
  if (version === undefined) return ranges[0];
  return (
    ranges.find((range) => range.unstated !== true && isWithin(version, range)) ??
    ranges.find((range) => range.unstated === true)
  );
}

/** An end that is no version cannot exclude anything. */
export function isWithin(version: Version, { from, after, to, before }: VersionRange): boolean {
  const against = (end: string | undefined): number | undefined => {
    const parsed = end === undefined ? undefined : parseVersion(end);
    return parsed === undefined ? undefined : compareVersions(version, parsed);
  };
  return (
    (against(from) ?? 0) >= 0 &&
    (against(after) ?? 1) > 0 &&
    (against(to) ?? 0) <= 0 &&
    (against(before) ?? -1) < 0
  );
}

/** Two documents on one vulnerability: what the surer one says, and that both do. */
function merged(
  before: MatchedVulnerability | undefined,
  now: MatchedVulnerability,
): MatchedVulnerability {
  if (before === undefined) return now;
  const [first, second] =
    compareCertainty(now.certainty, before.certainty) > 0 ? [now, before] : [before, now];
  return {
    ...second,
    ...first,
    exploited: first.exploited || second.exploited,
    feeds: [...new Set([...first.feeds, ...second.feeds])],
  };
}

/** Surer before hints, what is being used before what is not, then by score and number. */
function worstFirst(a: MatchedVulnerability, b: MatchedVulnerability): number {
  return (
    Number(b.certainty !== 'hint') - Number(a.certainty !== 'hint') ||
    Number(b.exploited) - Number(a.exploited) ||
    (b.score ?? 0) - (a.score ?? 0) ||
    (a.cve < b.cve ? 1 : a.cve > b.cve ? -1 : 0)
  );
}

function least(all: readonly Certainty[]): Certainty {
  return all.reduce((a, b) => (compareCertainty(a, b) <= 0 ? a : b));
}

/** `firmware "V4.2.1"`, `nginx "1.18.0" on tcp/80`: for a sentence. */
export function productText({ product, version, transport, port }: ProductMatch): string {
  const place = port === undefined ? '' : ` on ${transport}/${port}`;
  return `${product}${version === undefined ? '' : ` ${quote(version, 40)}`}${place}`;
}
