import { AlertBook } from '../alerts/book.ts';
import { pushedDown } from '../io/api/flow-list.ts';
import { flowItem } from '../io/api/views/flow-items.ts';
import { SiteFacts } from '../io/api/views/site-facts.ts';
import { loadConfig } from '../io/config.ts';
import type { Session } from '../io/site/session.ts';
import type { FlowQuery, StoredFlow } from '../io/store/store.ts';
import type { Site } from '../model/site.ts';
import { compileFilter } from '../query/compile.ts';
import type { Resource } from '../query/field.ts';
import { parseFilter } from '../query/parse.ts';
import { flows as flowResource } from '../query/resources/flows.ts';
import type { Input } from './command.ts';
import type { Shell } from './shell.ts';

/** The same beliefs that the API shows, so that a filter means the same in both. */
export function factsOf(shell: Shell, session: Session, site: Site): SiteFacts {
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  return new SiteFacts({
    site,
    alerts: new AlertBook(session.store.alerts()),
    policy: session.rules.policy()?.policy,
    zones: settings.zones,
  });
}

/** What a list of a command is, for the filter. */
export interface Filtered<Part, Item> {
  readonly resource: Resource<Item>;
  view(facts: SiteFacts, part: Part): Item;
}

/**
 * Those that `--filter` leaves; without it all of them.
 *
 * @throws PortolanError E_FILTER
 */
export function filtered<Part, Item>(
  shell: Shell,
  input: Input,
  { session, site }: { readonly session: Session; readonly site: Site },
  parts: readonly Part[],
  { resource, view }: Filtered<Part, Item>,
): readonly Part[] {
  const filter = input.text('filter');
  if (filter === undefined) return parts;
  const passes = compileFilter(filter, resource, shell.now());
  const facts = factsOf(shell, session, site);
  return parts.filter((part) => passes(view(facts, part)));
}

/** Flows are not all in memory: the database is asked what it can tell, the rest is looked at. */
export function* filteredFlows(
  shell: Shell,
  session: Session,
  filter: string,
  query: FlowQuery,
): Iterable<StoredFlow> {
  const { limit = Number.MAX_SAFE_INTEGER, ...rest } = query;
  const now = shell.now();
  const passes = compileFilter(filter, flowResource, now);
  const asked = { ...pushedDown(parseFilter(filter), now), ...rest };
  const facts = factsOf(shell, session, session.site());
  let given = 0;
  for (const flow of session.store.flows(asked)) {
    if (!passes(flowItem(facts, flow))) continue;
    yield flow;
    given += 1;
    if (given === limit) return;
  }
}
