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

export const PAGES: readonly PageRoute[] = [page('/', () => import('./overview.tsx'))];
