import { PortolanError } from '../../base/errors.ts';
import type { CompletionView } from '../../model/api/query.ts';
import { compileFilter } from '../../query/compile.ts';
import { completeFilter } from '../../query/complete.ts';
import type { Field, Resource } from '../../query/field.ts';
import type { Listing } from '../../query/listing.ts';
import { alerts } from '../../query/resources/alerts.ts';
import { changelog } from '../../query/resources/changelog.ts';
import { devices } from '../../query/resources/devices.ts';
import { findings } from '../../query/resources/findings.ts';
import { flows } from '../../query/resources/flows.ts';
import { ledger } from '../../query/resources/ledger.ts';
import { scans } from '../../query/resources/scans.ts';
import { services } from '../../query/resources/services.ts';
import type { DaemonContext } from '../daemon/context.ts';
import { viewsOf } from './kept-views.ts';
import type { SiteViews } from './views/site-views.ts';

/** Lists that take a filter. */
export const RESOURCES = [
  'devices',
  'services',
  'ledger',
  'findings',
  'alerts',
  'flows',
  'changelog',
  'scans',
] as const;

export type ResourceName = (typeof RESOURCES)[number];

/** Items that are asked which values a field has. */
const ASKED = 20_000;
/** Values that are suggested. */
const VALUES = 50;

/** What may come next in a filter, and whether it is right so far. */
export function completionOf(
  context: DaemonContext,
  name: ResourceName,
  text: string,
): CompletionView {
  const { views } = viewsOf(context);
  const now = context.world.now();
  switch (name) {
    case 'flows':
      return view(text, flows, [], now);
    case 'changelog':
      return view(text, changelog, [], now);
    case 'scans':
      return view(text, scans, [], now);
    default:
      return ofViews(views, name, text, now);
  }
}

function ofViews(
  views: SiteViews,
  name: Exclude<ResourceName, 'flows' | 'changelog' | 'scans'>,
  text: string,
  now: number,
): CompletionView {
  switch (name) {
    case 'devices':
      return view(text, devices, views.devices.items, now);
    case 'services':
      return view(text, services, views.services.items, now);
    case 'ledger':
      return view(text, ledger, views.ledger.items, now);
    case 'findings':
      return view(text, findings, views.findings.items, now);
    case 'alerts':
      return view(text, alerts, views.alerts.items, now);
  }
}

function view<Item>(
  text: string,
  resource: Resource<Item>,
  items: Listing<Item>['items'],
  now: number,
): CompletionView {
  const problem = problemOf(() => compileFilter(text, resource, now));
  const suggestions = completeFilter(text, resource, (field) => valuesOf(items, field));
  return { ...(problem === undefined ? {} : { problem }), suggestions };
}

function problemOf(compile: () => unknown): CompletionView['problem'] {
  try {
    compile();
    return undefined;
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    return { at: error.excerpt?.at ?? 0, message: error.message };
  }
}

/** The most frequent ones first. */
function valuesOf<Item>(items: readonly Item[], field: Field<Item>): readonly string[] {
  const counts = new Map<string, number>();
  for (const item of items.slice(0, ASKED)) {
    for (const value of [field.of(item)].flat()) {
      const text = String(value ?? '');
      if (text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, VALUES)
    .map(([text]) => text);
}
