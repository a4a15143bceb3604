import type { LedgerItem } from '../../model/api/site.ts';
import type { Field, Resource } from '../field.ts';
import { portFields, protocolField, verdictField } from './of-port.ts';
import { ANSWER, DIRECTION } from './words.ts';

type Question = 'open' | 'used' | 'needed' | 'allowed';

function question(name: Question, help: string): Field<LedgerItem> {
  return { name, type: 'choice', choices: ANSWER, help, of: (it) => it[name].answer };
}

const FIELDS: readonly Field<LedgerItem>[] = [
  ...portFields<LedgerItem>(),
  {
    name: 'direction',
    type: 'choice',
    choices: DIRECTION,
    help: 'who opens the connection',
    of: (it) => it.direction,
  },
  protocolField(),
  question('open', 'does it answer'),
  question('used', 'does anybody use it'),
  question('needed', 'should it be'),
  question('allowed', 'does the firewall let it through'),
  verdictField(),
  { name: 'advice', type: 'text', help: 'what to do', isSearched: true, of: (it) => it.advice },
];

export const ledger: Resource<LedgerItem> = {
  name: 'ledger',
  fields: FIELDS,
  order: 'device',
  idOf: ({ device, direction, transport, port }) =>
    `${device.id} ${direction} ${transport}/${port}`,
};
