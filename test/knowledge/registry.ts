import { readFileSync } from 'node:fs';
import { portRegistry } from '../../src/knowledge/iana.ts';

const TABLE = new URL('../../data/iana-ports.tsv', import.meta.url);

/** IANA's registry as the product ships it. */
export const iana = portRegistry(readFileSync(TABLE, 'utf8'));
