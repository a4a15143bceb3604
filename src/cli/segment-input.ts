import { reveal } from '../base/untrusted.ts';
import { defaultRouter } from '../io/discover/default-router.ts';
import { policyPath, readPolicyText } from '../io/policy-file.ts';
import { endpointNames } from '../io/site/endpoint-names.ts';
import type { Session } from '../io/site/session.ts';
import type { Device } from '../model/device.ts';
import type { Policy } from '../model/policy.ts';
import type { Site } from '../model/site.ts';
import { initialPolicy } from '../policy/initial.ts';
import { readPolicy } from '../policy/read.ts';
import { seenNetworks } from '../policy/seen-networks.ts';
import type { Advertised, SegmentDevice, SegmentInput } from '../policy/segment/segment.ts';
import { groupBy } from '../reports/shared/view.ts';
import { attribute } from './format.ts';
import type { Shell } from './shell.ts';

/** Services that one device is taken to announce, at most. */
const ADVERTISED = 64;

/** What the planner has to know: the inventory, recorded traffic, and where the router is. */
export async function segmentInput(
  shell: Shell,
  session: Session,
  site: Site,
  since: number | undefined,
): Promise<SegmentInput> {
  const router = await defaultRouter();
  const names = endpointNames(site, policyOf(shell));
  const advertised = advertisedBy(session);
  const suspects = new Set(
    site.findings.filter(({ threat }) => threat === 'malware').map(({ device }) => device),
  );
  const scanned = scannedDevices(site);
  const openOf = groupBy(
    site.services.filter(({ state }) => state === 'open'),
    ({ device }) => device,
  );
  return {
    devices: site.devices.map(
      (device): SegmentDevice => ({
        id: device.id,
        endpoint: names.get(device.id) ?? device.id,
        category: device.category,
        kind: kindOf(device),
        hasVendor: attribute(device, 'vendor') !== '',
        addresses: device.addresses,
        macs: device.macs,
        firstSeen: device.firstSeen,
        lastSeen: device.lastSeen,
        open: (openOf.get(device.id) ?? []).map(({ transport, port, protocol }) => ({
          transport,
          port,
          protocol,
        })),
        scanned: scanned.has(device.id),
        advertises: [...device.macs, ...device.addresses]
          .flatMap((key) => advertised.get(key) ?? [])
          .slice(0, ADVERTISED),
        isSuspect: suspects.has(device.id),
      }),
    ),
    flows: session.store.flows({ byOthers: true, ...(since === undefined ? {} : { since }) }),
    routers: router === undefined ? [] : [router],
    networks: seenNetworks(site.devices, []),
    now: shell.now(),
  };
}

/** Foreign words, to be compared with ours only. */
function kindOf(device: Device): string {
  const kind = attribute(device, 'kind');
  return kind === '' ? '' : reveal(kind).toLowerCase();
}

/** The owner's names of devices are kept, where there is a policy. */
function policyOf(shell: Shell): Policy {
  const folder = shell.dataFolder ?? shell.env['PORTOLAN_DATA'];
  const file = folder === ':memory:' ? undefined : policyPath(folder);
  const text = file === undefined ? undefined : readPolicyText(file);
  if (file === undefined || text === undefined) {
    return initialPolicy({ networks: [], isRouter: false, devices: [] });
  }
  return readPolicy(text, file).policy;
}

/** By MAC where one was told, else by address. */
function advertisedBy({ store }: Session): ReadonlyMap<string, readonly Advertised[]> {
  const found = new Map<string, Map<string, Advertised>>();
  for (const { fact, subject } of store.evidence()) {
    if (fact.kind !== 'advertises') continue;
    const { transport, port } = fact;
    const type = reveal(fact.service);
    const key = subject.mac ?? subject.address;
    const own = found.get(key) ?? new Map<string, Advertised>();
    found.set(key, own);
    if (own.size < ADVERTISED) own.set(`${type} ${transport} ${port}`, { type, transport, port });
  }
  return new Map([...found].map(([key, own]) => [key, [...own.values()]]));
}

/** Somebody has asked their ports: traffic alone does not tell that the others are closed. */
function scannedDevices({ services }: Site): ReadonlySet<string> {
  return new Set(
    services
      .filter(({ sources }) => sources.some((source) => source === 'active' || source === 'import'))
      .map(({ device }) => device),
  );
}
