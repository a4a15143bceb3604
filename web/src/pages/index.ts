import type { ComponentType, LazyExoticComponent } from 'react';
import { lazy } from 'react';

/** A page of the dashboard; its code is loaded when somebody goes there. Its file exports `Page`. */
export interface PageRoute {
  /** Below the dashboard's own address; parameters as wouter has them. */
  readonly path: string;
  readonly Page: LazyExoticComponent<ComponentType>;
}

function page(path: string, load: () => Promise<{ readonly Page: ComponentType }>): PageRoute {
  return { path, Page: lazy(async () => ({ default: (await load()).Page })) };
}

export const PAGES: readonly PageRoute[] = [
  page('/', () => import('./overview.tsx')),
  page('/devices', () => import('./devices.tsx')),
  page('/devices/:id', () => import('./device.tsx')),
  page('/services', () => import('./services.tsx')),
  page('/flows', () => import('./flows.tsx')),
  page('/policy', () => import('./policy.tsx')),
  page('/changes', () => import('./changes.tsx')),
  page('/changes/:id', () => import('./change.tsx')),
  page('/changelog', () => import('./changelog.tsx')),
  page('/alerts', () => import('./alerts.tsx')),
  page('/alerts/expected', () => import('./expected.tsx')),
  page('/alerts/:id', () => import('./alert.tsx')),
  page('/reports', () => import('./reports.tsx')),
  page('/scans', () => import('./scans.tsx')),
  page('/settings', () => import('./settings.tsx')),
];
