import type { Registry } from '../base/registry.ts';
import { registry } from '../base/registry.ts';
import { modbus } from './modbus.ts';
import { mqtt } from './mqtt.ts';
import type { Protocol } from './protocol.ts';

/** In the order in which they are tried where several could match. */
const members = registry([mqtt, modbus]);

export const protocols: Registry<Protocol> = members;

export type ProtocolId = (typeof members.all)[number]['id'];
