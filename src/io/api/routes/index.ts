import type { Route } from '../route.ts';
import { alerts } from './alerts.ts';
import { auth } from './auth.ts';
import { changes } from './changes.ts';
import { flows } from './flows.ts';
import { people } from './people.ts';
import { policy } from './policy.ts';
import { reports } from './reports.ts';
import { scans } from './scans.ts';
import { settings } from './settings.ts';
import { site } from './site.ts';
import { system } from './system.ts';

/** Every operation of the API. */
export const routes: readonly Route[] = [
  ...auth,
  ...people,
  ...system,
  ...site,
  ...flows,
  ...alerts,
  ...policy,
  ...changes,
  ...reports,
  ...settings,
  ...scans,
];
