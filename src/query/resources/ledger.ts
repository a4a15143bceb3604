import type { LedgerItem } from '../../model/api/site.ts';
import type { Field, Resource } from '../field.ts';
import { ANSWER, DIRECTION, TRANSPORT, VERDICT } from './words.ts';

type Question = 'open' | 'used' | 'needed' | 'allowed';

function question(name: Question, help: string): Field<LedgerItem> {
  return { name, type: 'choice', choices: ANSWER, help, of: (it) => it[name].answer };
}

const FIELDS: readonly Field<LedgerItem>[] = [
  {
    name: 'device',
    type: 'text',
    help: 'name or id of the device',
    isSearched: true,
    of: ({ device }) => [device.name, device.id],
  },
  { name: 'port', type: 'number', help: 'port', of: (it) => it.port },
  {
    name: 'transport',
    type: 'choice',
    choices: TRANSPORT,
    help: 'tcp or udp',
    of: (it) => it.transport,
  },
  {
    name: 'direction',
    type: 'choice',
    choices: DIRECTION,
    help: 'who opens the connection',
    of: (it) => it.direction,
  },
  {
    name: 'protocol',
    type: 'text',
    help: 'protocol',
    isSearched: true,
    of: (it) => it.protocol,
  },
  question('open', 'does it answer'),
  question('used', 'does anybody use it'),
  question('needed', 'should it be'),
  question('allowed', 'does the firewall let it through'),
  {
    name: 'verdict',
    type: 'choice',
    choices: VERDICT,
    help: 'close, decide, broken, tighten, encrypt, look, fine',
    of: (it) => it.verdict,
  },
  { name: 'advice', type: 'text', help: 'what to do', isSearched: true, of: (it) => it.advice },
];

export const ledger: Resource<LedgerItem> = {
  name: 'ledger',
  fields: FIELDS,
  order: 'device',
  idOf: ({ device, direction, transport, port }) =>
    `${device.id} ${direction} ${transport}/${port}`,
};
