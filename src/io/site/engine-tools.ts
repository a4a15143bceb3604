import type { EngineTools } from '../../engine.ts';
import { makeVendorOf } from '../../identify/oui-table.ts';
import { dossiers } from '../../knowledge/dossiers/index.ts';
import { protocols } from '../../protocols/index.ts';
import { matchesSignature } from '../../protocols/shared/characterise.ts';
import { readData } from '../data.ts';

/** What we know by ourselves; apart from the session, for who has no store and is not to load one. */
export function engineTools(): EngineTools {
  return {
    vendorOf: makeVendorOf(readData('oui')),
    protocols,
    dossiers: dossiers.all,
    sameSignature: matchesSignature,
  };
}
