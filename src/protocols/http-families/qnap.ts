import { attributes, isTitled, mentions } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** Known by its front page: what tells the model is the path of its login, and is not asked. */
export const qnap = {
  id: 'qnap',
  title: 'QNAP NAS',
  sources: ['QNAP QTS, login page: title element and text'],
  suspects: (root) =>
    isTitled(root, 'qnap') || mentions(root, 'qnap systems', 'qnap turbo nas') ? 'named' : 'no',
  root: () => attributes({ vendor: 'QNAP', kind: 'nas' }),
} as const satisfies HttpFamily;
