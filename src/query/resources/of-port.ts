import type { Transport } from '../../model/core.ts';
import type { Verdict } from '../../model/ledger.ts';
import type { Field } from '../field.ts';
import { TRANSPORT, VERDICT } from './words.ts';

interface OfPort {
  readonly device: { readonly name: string; readonly id: string };
  readonly transport: Transport;
  readonly port: number;
}

/** What every list of ports can be asked: whose it is, and which. */
export function portFields<Item extends OfPort>(): readonly Field<Item>[] {
  return [
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
  ];
}

export function protocolField<Item extends { readonly protocol: string }>(): Field<Item> {
  return {
    name: 'protocol',
    type: 'text',
    help: 'protocol really spoken',
    isSearched: true,
    of: (it) => it.protocol,
  };
}

export function verdictField<Item extends { readonly verdict: Verdict }>(): Field<Item> {
  return {
    name: 'verdict',
    type: 'choice',
    choices: VERDICT,
    help: 'what the ledger says: close, decide, broken, tighten, encrypt, look, fine',
    of: (it) => it.verdict,
  };
}
