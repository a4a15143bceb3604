import type { Operation } from '../../model/observation.ts';
import type { DialogueContext, Tell } from './dialogue.ts';

/** Tells what a client asked of a controller; reads, of which there are thousands, are told by nobody. */
export function tellOperation(
  tell: Tell,
  { at, frame, client, server }: DialogueContext,
  parts: Pick<Operation, 'protocol' | 'name' | 'effect' | 'object'>,
): void {
  tell({
    kind: 'operation',
    at,
    ...(frame === undefined ? {} : { frame }),
    client,
    server,
    ...parts,
  });
}
