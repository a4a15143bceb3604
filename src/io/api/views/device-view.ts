import { reveal } from '../../../base/untrusted.ts';
import { dossiers } from '../../../knowledge/dossiers/index.ts';
import { dossiersFor } from '../../../ledger/dossiers.ts';
import type { AttributeView, ChangeEvent, DeviceView } from '../../../model/api/site.ts';
import { compareSeverity } from '../../../model/core.ts';
import type { Device } from '../../../model/device.ts';
import { rankFindings } from '../../../reports/shared/view.ts';
import { deviceItem } from './device-items.ts';
import { findingItem, ledgerItem, serviceItem } from './port-items.ts';
import type { SiteFacts } from './site-facts.ts';

/** The page of a device. */
export function deviceView(
  facts: SiteFacts,
  device: Device,
  history: readonly ChangeEvent[],
): DeviceView {
  const { id } = device;
  const services = facts.servicesOf(id);
  const [dossier] = dossiersFor(device, services, dossiers.all);
  return {
    ...deviceItem(facts, device),
    verdict: verdictOf(facts, device),
    attributes: attributesOf(device),
    keys: device.keys,
    robustness: device.robustness,
    robustnessReason: device.robustnessReason,
    conflicts: device.conflicts,
    rows: facts.rowsOf(id).map((row) => ledgerItem(facts, row)),
    serviceList: services.map((service) => serviceItem(facts, service)),
    findingList: rankFindings(facts.findingsOf(id)).map((one) => findingItem(facts, one)),
    alertList: [...facts.openAlertsOf(id)]
      .sort((a, b) => compareSeverity(b.severity, a.severity) || b.last.at - a.last.at)
      .map((alert) => ({ id: alert.id, name: facts.names.said(alert.last, alert.last.summary) })),
    children: facts.site.devices
      .filter(({ behind }) => behind === id)
      .map((child) => facts.named(child.id)),
    history,
    ...(dossier === undefined
      ? {}
      : { dossier: { title: dossier.title, citation: citationOf(dossier) } }),
  };
}

function citationOf({ lines }: ReturnType<typeof dossiersFor>[number]): string {
  return [...new Set(lines.map(({ source }) => `${source.document} (${source.date})`))]
    .slice(0, 3)
    .join('; ');
}

/** What a person said, and a person alone, is locked. */
function attributesOf({ attributes }: Device): readonly AttributeView[] {
  return Object.entries(attributes).flatMap(([name, beliefs]) =>
    (beliefs ?? []).map(({ value, certainty, source, evidence }) => ({
      name,
      value: reveal(value),
      certainty,
      source,
      locked: source === 'user',
      evidence,
    })),
  );
}

/** `1 thing to fix; needs 3 of its 6 ports; nobody used 2 of them`. */
export function verdictOf(facts: SiteFacts, device: Device): string {
  const { alerts, unused, needed, known } = deviceItem(facts, device);
  const toFix = facts
    .findingsOf(device.id)
    .filter(({ severity }) => compareSeverity(severity, 'medium') >= 0).length;
  const rows = facts.rowsOf(device.id).length;
  const parts = [
    alerts === 0 ? '' : `${many(alerts, 'open alert')}`,
    toFix === 0 ? 'nothing to fix' : `${many(toFix, 'thing')} to fix`,
    portsText(rows, needed, known),
    unused === 0 ? '' : `nobody used ${unused} of them`,
  ].filter((part) => part !== '');
  const text = parts.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function portsText(rows: number, needed: number, known: number): string {
  if (rows === 0) return 'no port of it is known';
  if (known === 0) return `what it needs of its ${many(rows, 'port')} is not known`;
  return `needs ${needed} of its ${many(rows, 'port')}`;
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
