import type { Instant } from '../../model/core.ts';
import type { FeedHead, FeedKind, FeedRecord } from '../../model/vulnerability.ts';

/** The contract of a format of vulnerability feeds: a document that people fetch → records. */
export interface FeedFormat {
  readonly id: FeedKind;
  readonly title: string;
  readonly sources: readonly string[];
  /** Where it is to be had, for a person with a browser. */
  readonly where: string;
  /** Whether a document that starts so is one of these; `start` is at most 4 KiB. */
  recognise(start: string): boolean;
  /** For documents whose size does not matter, since they are read item by item. */
  readonly streamed?: Streamed;
  /**
   * @param outer the document, without its items where it is streamed
   * @param name of the file, without folder and endings
   */
  head(outer: unknown, name: string): FeedHead | undefined;
  /** From one item, or from the whole document; undefined where it is not what it should be. */
  records(item: unknown): readonly FeedRecord[] | undefined;
}

export interface Streamed {
  /** Names that the list at the top of the document may have. */
  readonly items: readonly string[];
  /** The feed's id before anything was read: that of `head`. */
  id(name: string): string;
}

/** Characters of a title; the rest is in the document. */
export const TITLE_CAP = 200;

const CVE = /^CVE-\d{4}-\d{4,19}$/;

/** CVE Numbering, https://www.cve.org/About/Process: four digits or more. */
export function isCve(text: string): boolean {
  return CVE.test(text);
}

/** `2021-09-22` of a date with or without a time; empty where it is none. */
export function dayOf(text: string | undefined): string {
  return /^\d{4}-\d{2}-\d{2}/.exec(text ?? '')?.[0] ?? '';
}

/** Milliseconds of an RFC 3339 time; without a zone it is UTC, as NVD writes it. */
export function instantOf(text: string | undefined): Instant | undefined {
  const [, year, month, day, hour = '0', minute = '0', second = '0'] =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}):(\d{2}))?/.exec(text ?? '') ?? [];
  if (year === undefined) return undefined;
  const days = daysFrom1970(Number(year), Number(month), Number(day));
  return ((days * 24 + Number(hour)) * 60 + Number(minute)) * 60_000 + Number(second) * 1000;
}

/** Proleptic Gregorian (howardhinnant.github.io/date_algorithms.html): pure code has no `Date`. */
function daysFrom1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The part of a feed's id that the document or the file chose: safe characters only. */
export function safeName(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 80);
}

/** A CVSS vector, which is printed as it is; undefined where it is no such thing. */
export function vectorOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z0-9:./]{8,200}$/.test(text) ? text : undefined;
}

export function scoreOf(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 && value <= 10 ? value : undefined;
}
