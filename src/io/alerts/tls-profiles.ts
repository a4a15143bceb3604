import type { Instant } from '../../model/core.ts';
import type { Policy } from '../../model/policy.ts';
import type { Site } from '../../model/site.ts';
import type { TlsExpectation } from '../../model/tls-profile.ts';
import { readMud } from '../../policy/mud/read-mud.ts';
import { tlsExpectations } from '../../policy/mud/tls-expectations.ts';
import { MudLibrary } from '../mud/library.ts';
import { loadPolicy, policyPath, readPolicyText } from '../policy-file.ts';
import type { Session } from '../site/session.ts';
import { defaultFolder } from '../store/open.ts';
import type { World } from '../world.ts';

/** Milliseconds between two looks at the policy, and after which all is read anew. */
const LOOK = 5000;
const AGE = 600_000;
const MEMORY = ':memory:';

type Profiles = ReadonlyMap<string, readonly TlsExpectation[]>;

export interface TlsProfilesOptions {
  readonly world: World;
  readonly session: Session;
  /** Where it was judged already. */
  site?(): Pick<Site, 'devices'>;
  /** What cannot be read is told once, and one watches all the same. */
  warn(text: string): void;
}

/**
 * What the MUD files in use say of the TLS of devices. A file is in use for a device where the policy
 * has rules of its own that came from it, in whatever state the device is: to watch stops nothing.
 */
export class TlsProfiles {
  readonly #options: TlsProfilesOptions;
  #profiles: Profiles = new Map();
  #text: string | undefined;
  #lookedAt: Instant | undefined;
  #readAt: Instant = 0;
  #said = '';

  constructor(options: TlsProfilesOptions) {
    this.#options = options;
  }

  /** @param device its MAC address, or where that is not known its address */
  readonly of = (device: string): readonly TlsExpectation[] | undefined => {
    const now = this.#options.world.now();
    if (this.#lookedAt === undefined || Math.abs(now - this.#lookedAt) >= LOOK) {
      this.#lookedAt = now;
      this.#look(now);
    }
    return this.#profiles.get(device);
  };

  #look(now: Instant): void {
    try {
      this.#read(now);
    } catch (error) {
      // What was read last stands.
      this.#tell(error instanceof Error ? error.message : String(error));
    }
  }

  #read(now: Instant): void {
    const { world, session, site } = this.#options;
    const folder = world.dataFolder ?? world.env['PORTOLAN_DATA'] ?? defaultFolder();
    if (session.store.location === MEMORY || folder === MEMORY) return;
    const file = policyPath(folder);
    const text = readPolicyText(file);
    if (text === this.#text && now - this.#readAt < AGE) return;
    this.#text = text;
    this.#readAt = now;
    const files = text === undefined ? new Map() : filesInUse(loadPolicy(file).policy);
    this.#profiles = files.size === 0 ? new Map() : this.#profilesOf(files, site?.(), folder);
  }

  #profilesOf(
    files: ReadonlyMap<string, ReadonlySet<string>>,
    site: Pick<Site, 'devices'> = this.#options.session.site(),
    folder: string,
  ): Profiles {
    const library = new MudLibrary(folder);
    const known = new Map<string, readonly TlsExpectation[]>();
    const ofFile = (url: string): readonly TlsExpectation[] => {
      const before = known.get(url);
      const said = before ?? this.#expectations(library, url);
      known.set(url, said);
      return said;
    };
    const profiles = new Map<string, readonly TlsExpectation[]>();
    for (const { id, macs, addresses } of site.devices) {
      const said = [...(files.get(id) ?? [])].flatMap(ofFile);
      if (said.length === 0) continue;
      for (const key of [...macs, ...addresses]) profiles.set(key, said);
    }
    return profiles;
  }

  /** Of a file that is not kept, or can no longer be read, nothing is known. */
  #expectations(library: MudLibrary, url: string): readonly TlsExpectation[] {
    const kept = library.get('in-use', url);
    if (kept === undefined) return [];
    // It was accepted in whichever form it came.
    const read = readMud(Buffer.from(kept.content).toString('utf8'), { lenient: true, url });
    if (read.ok) return tlsExpectations(read.mud);
    this.#tell(read.diagnostics[0]?.message ?? 'a MUD file cannot be read');
    return [];
  }

  #tell(why: string): void {
    if (why === this.#said) return;
    this.#said = why;
    this.#options.warn(`Alerts do not ask the MUD files: ${why}`);
  }
}

/** By id of the device: URLs of the files that rules of its own came from. */
export function filesInUse({ endpoints, rules }: Policy): ReadonlyMap<string, ReadonlySet<string>> {
  const devices = new Map(
    Object.entries(endpoints).flatMap(([name, endpoint]) =>
      endpoint.kind === 'device' ? [[name, endpoint.device] as const] : [],
    ),
  );
  const files = new Map<string, Set<string>>();
  for (const { origin, from, to, side } of rules) {
    const device = devices.get(side === 'ingress' ? to : from);
    if (origin.kind !== 'mud' || origin.ref === undefined || device === undefined) continue;
    files.set(device, (files.get(device) ?? new Set()).add(origin.ref));
  }
  return files;
}
