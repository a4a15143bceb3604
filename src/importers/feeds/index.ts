import type { Registry } from '../../base/registry.ts';
import { registry } from '../../base/registry.ts';
import { csaf } from './csaf.ts';
import type { FeedFormat } from './feed-format.ts';
import { kev } from './kev.ts';
import { nvd } from './nvd.ts';

/** In the order in which a document is offered to them. */
export const feedFormats: Registry<FeedFormat> = registry([kev, csaf, nvd]);
