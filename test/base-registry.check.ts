import { registry } from '../src/base/registry.ts';

const a = { id: 'a' } as const;
const b = { id: 'b' } as const;
const clone = { id: 'a' } as const;

registry([a, b]);
// @ts-expect-error A second "a" does not compile.
registry([a, b, clone]);
