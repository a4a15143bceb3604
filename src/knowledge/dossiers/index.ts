import type { Registry } from '../../base/registry.ts';
import { registry } from '../../base/registry.ts';
import type { Dossier } from '../dossier.ts';
import { hueBridge } from './hue-bridge.ts';

const members = registry([hueBridge]);

export const dossiers: Registry<Dossier> = members;
