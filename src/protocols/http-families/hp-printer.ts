import type { Fact } from '../../model/evidence.ts';
import { field } from '../shared/http-head.ts';
import type { Page } from '../shared/http-page.ts';
import { attributes, serverOf } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

const SERVER = 'hp http server';

/** `HP HTTP Server; HP OfficeJet Pro 8710 - D9L18A; Serial Number: CN6ABC; Built: …`. */
export const hpPrinter = {
  id: 'hp-printer',
  title: 'HP printer',
  sources: ['HP Embedded Web Server: Server field'],
  suspects: (root) => (serverOf(root).startsWith(SERVER) ? 'named' : 'no'),
  root: readRoot,
} as const satisfies HttpFamily;

function readRoot({ head }: Page): readonly Fact[] {
  const [, product = '', ...others] = (field(head.headers, 'server') ?? '').split(';', 6);
  const [model, hardware] = product.trim().split(' - ', 2);
  const serial = others.find((part) => part.trim().startsWith('Serial Number:'));
  return attributes({
    vendor: 'HP',
    model,
    hardware,
    serial: serial?.slice(serial.indexOf(':') + 1),
    kind: 'printer',
  });
}
