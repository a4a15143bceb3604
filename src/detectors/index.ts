import { registry } from '../base/registry.ts';

/** Each is a file of its own. */
export const detectors = registry([]);
