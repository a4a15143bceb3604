import { RecentMap } from '../../base/recent-map.ts';
import type { Instant } from '../../model/core.ts';
import type { RateLimit } from '../../model/policy.ts';

const MILLISECONDS = { second: 1000, minute: 60_000, hour: 3_600_000 } as const;
/** Sources that one limit remembers, as many as the kernel's sets have room for. */
const SOURCES = 65_535;
/** What nftables takes for a burst of 0 (nft_limit_init). */
const LEAST_BURST = 5;

interface Bucket {
  /** Packets that may pass at once. */
  readonly tokens: number;
  readonly at: Instant;
}

/**
 * Token buckets: each begins with `burst` tokens, gains `packets` tokens in each `per` up to `burst`,
 * and a packet passes where there is a whole token, which it takes. What does not pass takes none.
 */
export class Buckets {
  readonly #buckets = new RecentMap<Bucket>(SOURCES);

  admits(key: string, rate: RateLimit, at: Instant): boolean {
    const burst = rate.burst > 0 ? rate.burst : LEAST_BURST;
    const before = this.#buckets.get(key) ?? { tokens: burst, at };
    const gained = (Math.max(0, at - before.at) * rate.packets) / MILLISECONDS[rate.per];
    const tokens = Math.min(burst, before.tokens + gained);
    const passes = tokens >= 1;
    this.#buckets.set(key, { tokens: passes ? tokens - 1 : tokens, at });
    return passes;
  }
}
