import type { ScanView } from '../../model/api/daemon.ts';
import type { Field, Resource } from '../field.ts';

const FIELDS: readonly Field<ScanView>[] = [
  { name: 'startedAt', type: 'time', help: 'when it began', of: (it) => it.startedAt },
  { name: 'endedAt', type: 'time', help: 'when it ended', of: (it) => it.endedAt },
  { name: 'id', type: 'text', help: 'PTL-S-…', isSearched: true, of: (it) => it.id },
  {
    name: 'outcome',
    type: 'choice',
    choices: ['running', 'complete', 'interrupted', 'partial'],
    help: 'how it ended',
    of: (it) => it.outcome,
  },
  {
    name: 'pace',
    type: 'choice',
    choices: ['gentle', 'polite', 'normal', 'fast'],
    ordered: true,
    help: 'how fast',
    of: (it) => it.pace,
  },
  {
    name: 'target',
    type: 'text',
    help: 'what was looked at',
    isSearched: true,
    of: (it) => it.targets,
  },
  { name: 'devices', type: 'number', help: 'devices that it found', of: (it) => it.devices },
];

export const scans: Resource<ScanView> = {
  name: 'scans',
  fields: FIELDS,
  order: '-startedAt',
  idOf: ({ id }) => id,
};
