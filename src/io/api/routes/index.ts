import type { Route } from '../route.ts';
import { auth } from './auth.ts';
import { people } from './people.ts';
import { system } from './system.ts';

/** Every operation of the API. */
export const routes: readonly Route[] = [...auth, ...people, ...system];
