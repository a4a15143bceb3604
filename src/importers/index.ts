import type { Registry } from '../base/registry.ts';
import { registry } from '../base/registry.ts';
import type { Importer } from './importer.ts';
import { kea } from './kea.ts';
import { leases } from './leases.ts';
import { neighbours } from './neighbours.ts';
import { nmap } from './nmap.ts';

/** In the order in which an unnamed file is offered to them: the strictest first. */
const members = registry([nmap, kea, neighbours, leases]);

export const importers: Registry<Importer> = members;
