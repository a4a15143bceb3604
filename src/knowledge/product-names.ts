import { productKey, vendorKey } from '../base/product-key.ts';

/**
 * Makers under the key that catalogues of vulnerabilities use, beside the one that their own
 * things and the IEEE registry show. A name that is not here is looked up as it is.
 */
const VENDORS: ReadonlyMap<string, readonly string[]> = new Map([
  ['hangzhouhikvisiondigitaltechnology', ['hikvision']],
  ['zhejiangdahuatechnology', ['dahuasecurity', 'dahua']],
  ['dahua', ['dahuasecurity', 'dahua']],
  ['axiscommunications', ['axis']],
  ['philipslighting', ['philips', 'signify']],
  ['philipshue', ['philips', 'signify']],
  ['signify', ['philips', 'signify']],
  ['tplink', ['tplink']],
  ['tplinktechnologies', ['tplink']],
  ['ubiquiti', ['ui', 'ubnt', 'ubiquiti']],
  ['ubiquitinetworks', ['ui', 'ubnt', 'ubiquiti']],
  ['routerboardcom', ['mikrotik']],
  ['dlink', ['dlink']],
  ['dlinkinternational', ['dlink']],
  ['rockwellautomation', ['rockwellautomation']],
  ['allenbradley', ['rockwellautomation']],
  ['wagokontakttechnik', ['wago']],
  ['beckhoffautomation', ['beckhoff']],
  ['moxatechnologies', ['moxa']],
  ['shenzhenreolinktechnology', ['reolink']],
  ['synologyincorporated', ['synology']],
  ['qnapsystems', ['qnap']],
]);

/** The keys under which a maker is looked up. */
export function vendorKeys(name: string): readonly string[] {
  const key = vendorKey(name);
  if (key === '') return [];
  return VENDORS.get(key) ?? [key];
}

/** A name under which a device's product is looked up. */
export interface ProductName {
  readonly key: string;
  /** It is the name of a family: what holds for it may not hold for each model. */
  readonly isFamily: boolean;
}

/**
 * Order numbers (MLFB) by which Siemens' controllers call themselves, and the family for which its
 * advisories are written (Siemens, S7-1200 System Manual and S7-1500 manuals, order numbers).
 */
const FAMILIES: readonly (readonly [vendor: string, start: string, family: string])[] = [
  ['siemens', '6es721', 's71200'],
  ['siemens', '6es751', 's71500'],
  ['siemens', '6es731', 's7300'],
  ['siemens', '6es741', 's7400'],
];

/** Shorter keys are words like `one` and would fit too much. */
const SHORTEST = 3;

/** The names of a model: its own, and that of its family where an order number tells it. */
export function productNames(vendor: string, model: string): readonly ProductName[] {
  const key = productKey(model, vendor);
  if (key.length < SHORTEST) return [];
  const families = FAMILIES.filter(
    ([maker, start]) => maker === vendor && key.startsWith(start),
  ).map(([, , family]) => ({ key: family, isFamily: true }));
  return [{ key, isFamily: false }, ...families];
}
