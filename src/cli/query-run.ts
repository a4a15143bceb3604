import { AlertBook } from '../alerts/book.ts';
import { PortolanError } from '../base/errors.ts';
import { flowItem } from '../io/api/views/flow-items.ts';
import { SiteViews } from '../io/api/views/site-views.ts';
import { loadConfig } from '../io/config.ts';
import type { Session } from '../io/site/session.ts';
import { withSession } from '../io/site/session.ts';
import type { Field, Resource } from '../query/field.ts';
import { operatorsOf } from '../query/field.ts';
import { Listing } from '../query/listing.ts';
import { alerts } from '../query/resources/alerts.ts';
import { devices } from '../query/resources/devices.ts';
import { findings } from '../query/resources/findings.ts';
import { flows } from '../query/resources/flows.ts';
import { ledger } from '../query/resources/ledger.ts';
import { services } from '../query/resources/services.ts';
import type { Input } from './command.ts';
import { filteredFlows } from './filtered.ts';
import { count, jsonList, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import type { Column } from './table.ts';
import { table } from './table.ts';

const MOST = 1_000_000;
/** Columns of the table, in the order of the fields; all are in the JSON. */
const COLUMNS = 8;

export function runQuery(shell: Shell, input: Input): Promise<number> {
  const name = input.text('resource') ?? 'devices';
  if (input.flag('fields')) {
    printFields(shell, name);
    return Promise.resolve(0);
  }
  return withSession(shell, (session) => {
    ask(shell, input, session, name);
    return 0;
  });
}

function ask(shell: Shell, input: Input, session: Session, name: string): void {
  const views = viewsOf(shell, session);
  switch (name) {
    case 'services':
      print(shell, input, services, views.services);
      break;
    case 'ledger':
      print(shell, input, ledger, views.ledger);
      break;
    case 'findings':
      print(shell, input, findings, views.findings);
      break;
    case 'alerts':
      print(shell, input, alerts, views.alerts);
      break;
    case 'flows': {
      const query = { limit: limitOf(input) };
      const found = filteredFlows(shell, session, input.args[0] ?? '', query);
      const items = Array.from(found, (flow) => flowItem(views.facts, flow));
      print(shell, input, flows, new Listing(items, flows));
      break;
    }
    default:
      print(shell, input, devices, views.devices);
  }
}

function viewsOf(shell: Shell, session: Session): SiteViews {
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  return new SiteViews({
    site: session.site(),
    alerts: new AlertBook(session.store.alerts()),
    policy: session.rules.policy()?.policy,
    zones: settings.zones,
  });
}

function print<Item>(
  shell: Shell,
  input: Input,
  resource: Resource<Item>,
  listing: Listing<Item>,
): void {
  const [filter = ''] = input.args;
  const sort = input.text('sort') ?? resource.order;
  const all = listing.filtered(filter, shell.now(), sort);
  const items = all.slice(0, limitOf(input));
  if (shell.json) shell.out(jsonList(shell, resource.name, items));
  else if (items.length === 0) shell.say('Nothing fits.');
  else {
    const columns = resource.fields
      .slice(0, COLUMNS)
      .map((field, index) => column(shell, field, index));
    shell.out(table(shell, columns, items));
    const more = all.length - items.length;
    shell.hint(`${count(all.length, 'item')}${more > 0 ? `; ${more} more: --limit` : ''}`);
  }
}

function column<Item>(shell: Shell, field: Field<Item>, index: number): Column<Item> {
  return {
    title: field.name,
    value: (item) => valueText(shell, field, item),
    ...(index < 2 ? {} : { rank: index }),
  };
}

function valueText<Item>(shell: Shell, field: Field<Item>, item: Item): string {
  if (field.type === 'time') return timeText(shell, field.of(item));
  if (field.type === 'truth') return field.of(item) ? 'yes' : 'no';
  return [field.of(item) ?? ''].flat().join(' ');
}

function limitOf(input: Input): number {
  const text = input.text('limit') ?? '100';
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MOST) return number;
  throw new PortolanError('E_USAGE', `--limit "${text}" is no number from 1 to ${MOST}`, {
    remedy: 'For example: portolan query --limit 100',
  });
}

interface FieldLine {
  readonly name: string;
  readonly operators: string;
  readonly help: string;
}

function printFields(shell: Shell, name: string): void {
  const lines = fieldsOf(name);
  if (shell.json) shell.out(jsonList(shell, 'fields', lines));
  else {
    shell.out(
      table<FieldLine>(
        shell,
        [
          { title: 'Field', value: (line) => line.name },
          { title: 'Operators', value: (line) => line.operators },
          { title: 'What', value: (line) => line.help },
        ],
        lines,
      ),
    );
    shell.hint(`Fields of ${name}; other lists: --resource`);
  }
}

function fieldsOf(name: string): readonly FieldLine[] {
  switch (name) {
    case 'services':
      return services.fields.map(lineOf);
    case 'ledger':
      return ledger.fields.map(lineOf);
    case 'findings':
      return findings.fields.map(lineOf);
    case 'alerts':
      return alerts.fields.map(lineOf);
    case 'flows':
      return flows.fields.map(lineOf);
    default:
      return devices.fields.map(lineOf);
  }
}

function lineOf<Item>(field: Field<Item>): FieldLine {
  const words = field.type === 'choice' ? `: ${field.choices.join(', ')}` : '';
  return { name: field.name, operators: operatorsOf(field), help: `${field.help}${words}` };
}
