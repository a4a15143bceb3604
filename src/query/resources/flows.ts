import type { FlowItem } from '../../model/api/flows.ts';
import type { Field, Resource } from '../field.ts';

const FIELDS: readonly Field<FlowItem>[] = [
  { name: 'lastSeen', type: 'time', help: 'when it was seen last', of: (it) => it.lastSeen },
  { name: 'firstSeen', type: 'time', help: 'when it began', of: (it) => it.firstSeen },
  {
    name: 'address',
    type: 'address',
    help: 'address of either end, or a network',
    isSearched: true,
    of: ({ source, destination }) => [source.address, destination.address],
  },
  { name: 'source', type: 'address', help: 'who opened it', of: (it) => it.source.address },
  {
    name: 'destination',
    type: 'address',
    help: 'with whom',
    of: (it) => it.destination.address,
  },
  {
    name: 'port',
    type: 'number',
    help: 'port of either end',
    of: ({ source, destination }) => [destination.port, source.port],
  },
  {
    name: 'device',
    type: 'text',
    help: 'name or id of a device at either end',
    isSearched: true,
    of: ({ source, destination }) =>
      [source.device, destination.device].flatMap((one) =>
        one === undefined ? [] : [one.name, one.id],
      ),
  },
  {
    name: 'zone',
    type: 'text',
    help: 'zone of either end',
    of: ({ source, destination }) => [source.zone, destination.zone],
  },
  { name: 'from', type: 'text', help: 'zone of who opened it', of: (it) => it.source.zone },
  { name: 'to', type: 'text', help: 'zone of the other end', of: (it) => it.destination.zone },
  {
    name: 'transport',
    type: 'choice',
    choices: ['tcp', 'udp', 'icmp', 'other'],
    help: 'tcp, udp …',
    of: (it) => it.transport,
  },
  {
    name: 'protocol',
    type: 'text',
    help: 'protocol really spoken',
    isSearched: true,
    of: (it) => it.protocol,
  },
  {
    name: 'name',
    type: 'text',
    help: 'name that was asked for',
    isSearched: true,
    of: (it) => it.name,
  },
  {
    name: 'outcome',
    type: 'choice',
    choices: ['answered', 'refused', 'silent'],
    help: 'whether the other side took part',
    of: (it) => it.outcome,
  },
  { name: 'encrypted', type: 'truth', help: 'over TLS or alike', of: (it) => it.encrypted },
  { name: 'sent', type: 'number', help: 'octets that were sent', of: (it) => it.sentBytes },
  {
    name: 'received',
    type: 'number',
    help: 'octets that came back',
    of: (it) => it.receivedBytes,
  },
  { name: 'packets', type: 'number', help: 'packets both ways', of: (it) => it.packets },
  { name: 'communityId', type: 'text', help: 'community id', of: (it) => it.communityId },
];

export const flows: Resource<FlowItem> = {
  name: 'flows',
  fields: FIELDS,
  order: '-lastSeen',
  idOf: ({ id }) => String(id).padStart(16, '0'),
};
