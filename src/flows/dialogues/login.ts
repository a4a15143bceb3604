import type { Login } from '../../model/observation.ts';
import type { DialogueContext, Tell } from './dialogue.ts';

/** Tells how an attempt went; the name and the secret are nobody's business. */
export function tellLogin(
  tell: Tell,
  { at, frame, client, server }: DialogueContext,
  parts: Pick<Login, 'protocol' | 'outcome' | 'clear'>,
): void {
  tell({ kind: 'login', at, ...(frame === undefined ? {} : { frame }), client, server, ...parts });
}
