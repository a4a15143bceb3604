import type { Instant } from '../../model/core.ts';
import type { Coverage, Gap, LearntFlow } from './proposal.ts';
import { DAY, noteDays } from './tally.ts';

const HOUR = 3_600_000;
/** Days that make a week's habits likely to have been seen. */
const WEEK = 7;
/** Hours from midnight that are called night, and how many of them must have been seen. */
const NIGHT = 6;
/** 1970-01-01 was a Thursday; 0 is Monday. */
const THURSDAY = 3;
const SATURDAY = 5;
/** Octets of one download that are likely to be new firmware: small devices have megabytes. */
const FIRMWARE = 1 << 20;
/** Words in a name that say what it is for. */
const UPDATE = /(?:^|[.-])(?:fw|fota|ota|firmware|update|updates|upgrade|upgrades)\d*(?=[.-])/;

/** When a device was seen at all, and in which phases of its life. */
export class Presence {
  firstSeen: Instant = Number.POSITIVE_INFINITY;
  lastSeen: Instant = Number.NEGATIVE_INFINITY;
  flows = 0;
  /** It came up: asked DHCP without an address, or checked a new IPv6 address for twins. */
  booted = false;
  updated = false;
  /** Flows that found no room. */
  dropped = 0;
  readonly #days = new Set<number>();
  /** Hours of the day and days of the week, a bit each. */
  #hours = 0;
  #weekdays = 0;
  readonly #offset: number;

  /** @param offset milliseconds east of UTC */
  constructor(offset: number) {
    this.#offset = offset;
  }

  get days(): number {
    return this.#days.size;
  }

  note(flow: LearntFlow): void {
    this.flows += 1;
    this.firstSeen = Math.min(this.firstSeen, flow.firstSeen);
    this.lastSeen = Math.max(this.lastSeen, flow.lastSeen);
    noteDays(this.#days, flow, this.#offset);
    const [from, to] = [flow.firstSeen + this.#offset, flow.lastSeen + this.#offset];
    for (let at = from, step = 0; at <= to && step < 7 * 24; at += HOUR, step += 1) {
      this.#hours |= 1 << (Math.floor(at / HOUR) % 24);
      this.#weekdays |= 1 << ((Math.floor(at / DAY) + THURSDAY) % 7);
    }
  }

  /** It fetched something: named as firmware is, or as large. */
  noteDownload(name: string | undefined, received: number, sent: number): void {
    const isNamed = name !== undefined && UPDATE.test(name);
    if (isNamed || (received >= FIRMWARE && received > 8 * sent)) this.updated = true;
  }

  coverage(): Coverage {
    const { firstSeen, lastSeen, days, flows } = this;
    const gaps = this.#gaps();
    const isWhole = days >= WEEK && this.booted && this.dropped === 0;
    const confidence = isWhole ? 'high' : days >= 2 ? 'medium' : 'low';
    return { firstSeen, lastSeen, days, flows, confidence, gaps };
  }

  #gaps(): readonly Gap[] {
    const { days } = this;
    const seen = days === 1 ? 'one day' : `${days} days`;
    const gaps: readonly (Gap | false)[] = [
      days < WEEK && { kind: 'days', text: `It was seen on ${seen} only; a week shows its habits` },
      !this.#sawNight() && { kind: 'nights', text: 'It was not seen at night' },
      !this.#sawWeekend() && { kind: 'weekends', text: 'It was not seen on a weekend' },
      !this.booted && {
        kind: 'boot',
        text: 'It was not seen starting up: switch it off and on once while it is observed',
      },
      !this.updated && {
        kind: 'update',
        text: 'No update was seen: what it fetches one from is not among the rules',
      },
      this.dropped > 0 && {
        kind: 'full',
        text: `${this.dropped} flows were of more kinds than are kept apart`,
      },
    ];
    return gaps.filter((gap) => gap !== false);
  }

  #sawNight(): boolean {
    return (this.#hours & ((1 << NIGHT) - 1)) !== 0;
  }

  #sawWeekend(): boolean {
    return this.#weekdays >> SATURDAY !== 0;
  }
}
