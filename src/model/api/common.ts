import type { Instant } from '../core.ts';

/**
 * What the API says and takes, as types: the server's schemas are tied to them, the dashboard and any
 * other client build on them. Text that came from the network is a plain string here, of at most 255
 * characters (8 KiB for banners), and means nothing: show it as text.
 */

/** One page of a list. `GET /api/v1/devices?filter=…&sort=-risk&limit=100&cursor=…` */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Give it as `cursor` for the next page; absent on the last. */
  readonly next?: string;
  /** How many the filter leaves. */
  readonly total: number;
  /** Not all were looked at: `total` is what was found among those that were. */
  readonly isAtLeast?: true;
  /** How many there are without a filter. */
  readonly all: number;
  /** Changes whenever anything that this list shows may have changed: the ETag. */
  readonly version: string;
}

export interface ListQuery {
  /** In the filter language (`docs/guides/filters.md`): `category = smart-home and risk >= high`. */
  readonly filter?: string;
  /** Field, `-` before it for descending. */
  readonly sort?: string;
  /** 1 to 500, by default 100. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** RFC 9457, `application/problem+json`. */
export interface Problem {
  /** Where the error is explained: `errors#E_POLICY`, relative to the documentation. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly remedy: string;
  /** Where in what was sent: JSON pointers, or a character of the filter. */
  readonly at?: readonly { readonly pointer: string; readonly message: string }[];
  /** With 409: what is there now, and how it differs from what was sent. */
  readonly current?: { readonly version: string; readonly difference: string };
}

export type Role = 'viewer' | 'operator' | 'admin';

/** What a token may do; a role is a set of these. */
export type Scope = 'read' | 'triage' | 'scan' | 'policy:propose' | 'policy:apply' | 'admin';

/** The same view, for who would rather type: commands and requests are complete and quoted. */
export interface CopyAs {
  readonly cli: string;
  readonly api: string;
}

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface Timed {
  readonly at: Instant;
}
