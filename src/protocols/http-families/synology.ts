import { attributes, isTitled, mentions } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** `NAME - Synology DiskStation`, `NAME - Synology NAS`. */
const TITLE = /^([^-]{1,64}?)\s+-\s+Synology/i;

export const synology = {
  id: 'synology',
  title: 'Synology NAS',
  sources: ['Synology DiskStation Manager, login page: title element and webman paths'],
  suspects: (root) =>
    isTitled(root, 'synology') || mentions(root, 'webman/', 'synosdsjslib') ? 'named' : 'no',
  root: ({ title }) =>
    attributes({
      vendor: 'Synology',
      name: TITLE.exec(title.replaceAll('\u00a0', ' '))?.[1],
      kind: 'nas',
      os: 'DSM',
    }),
} as const satisfies HttpFamily;
