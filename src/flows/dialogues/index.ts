import type { DialogueKind } from './dialogue.ts';

/** Asked in this order by what is said first. */
export const dialogueKinds: readonly DialogueKind[] = [];
