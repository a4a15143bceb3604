import type { Fact } from '../../model/evidence.ts';
import { access } from '../shared/facts.ts';
import type { Page } from '../shared/http-page.ts';
import { attributes, isTitled, serverOf } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/**
 * Known by its front page alone: everything else goes through `/cm?cmnd=…`, which is the path of
 * its commands, and is not asked.
 */
export const tasmota = {
  id: 'tasmota',
  title: 'Tasmota',
  sources: ['Tasmota documentation, WebUI and Commands; Server field of its web server'],
  suspects: (root) =>
    serverOf(root).startsWith('tasmota/') || isTitled(root, 'tasmota') ? 'named' : 'no',
  root: readRoot,
} as const satisfies HttpFamily;

/** `Server: Tasmota/13.4.0 (ESP8266EX)`; the first headings are the module and the device's name. */
function readRoot(root: Page): readonly Fact[] {
  const found = /^tasmota\/([\w.-]{1,32})(?: \(([\w -]{1,32})\))?/.exec(serverOf(root));
  return [
    ...attributes({
      vendor: 'Tasmota',
      model: heading(root.body, 'h3'),
      hardware: found?.[2]?.toUpperCase(),
      firmware: found?.[1],
      name: heading(root.body, 'h2'),
      kind: 'relay',
    }),
    ...(root.head.status === 200 ? [access('open')] : []),
  ];
}

function heading(body: string, level: 'h2' | 'h3'): string | undefined {
  const start = body.indexOf(`<${level}>`);
  const end = start === -1 ? -1 : body.indexOf('<', start + 4);
  return end === -1 ? undefined : body.slice(start + 4, Math.min(end, start + 84));
}
