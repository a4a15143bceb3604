import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import type { Contact } from './learned/contacts.ts';
import { Contacts, MOVING_KINDS } from './learned/contacts.ts';
import { DeviceTable } from './learned/device-table.ts';
import { isLearning } from './learned/ends.ts';
import { octets, said, tell } from './learned/tell.ts';

const HOUR = 3_600_000;
/** Services of one device that are followed. */
const SERVICES = 12;
/** Hours by which it is known how much an hour has. */
const LEARNED = 18;
/** Octaves that hours of a machine differ by; a person's differ by more, and are not judged. */
const STEADY = 0.35;
/** Least spread that is assumed: a fourteenth more or less is nothing. */
const SPREAD = 0.1;
/** Page 1954 in units of the spread: half of it is let go each hour, ten of it are a change. */
const SLACK = 0.5;
const DECISION = 10;
/** Octaves above the usual in which the last hours must be: half as much again. */
const RAISED = 0.585;
const IN_A_ROW = 3;
const NOTHING: readonly Signal[] = [];

export const trend = {
  id: 'trend',
  title: 'A machine sends more and more',
  types: ['trend'],
  thresholds: [
    `${IN_A_ROW} hours in a row with half as much again as a machine that differs by less than ${STEADY} octaves`,
  ],
  sources: ['Page, Continuous inspection schemes, Biometrika 1954 (CUSUM)'],
  learns: true,
  knownFalse: ['a new version that reports more often'],
  sees: MOVING_KINDS,
  start: (context): Watch => new Trend(context),
} as const satisfies Detector;

interface Course {
  hour: number;
  sent: number;
  /** Of the logarithms of learned hours: count, mean, sum of squared differences (Welford 1962). */
  count: number;
  mean: number;
  squares: number;
  sum: number;
  raised: number;
  isTold: boolean;
}

/** Only what is as steady as a machine is followed, an hour at a time, by the logarithm of its octets. */
class Trend implements Watch {
  readonly #context: DetectorContext;
  readonly #contacts: Contacts;
  readonly #devices = new DeviceTable(() => new BoundedMap<number, Course>(SERVICES));

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#contacts = Contacts.of(context);
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let held = 0;
    for (const [, services] of this.#devices.entries()) held += 128 + services.size * 200;
    return { octets: held, dropped: this.#devices.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    const step = this.#contacts.see(observation);
    if (step === undefined || step.sent === 0) return NOTHING;
    const { contact } = step;
    const { site, sites, device } = contact;
    const { at } = observation;
    if (site === undefined || !sites.isUsual(site, at) || sites.isRestless) return NOTHING;
    const course = this.#courseOf(device, contact.place, at);
    const hour = Math.floor(at / HOUR);
    const isOver = hour > course.hour;
    const signals = isOver ? this.#end(contact, course, at) : NOTHING;
    if (isOver) {
      course.hour = hour;
      course.sent = 0;
    }
    course.sent += step.sent;
    return signals;
  }

  #courseOf(device: string, place: number, at: Instant): Course {
    const courses = this.#devices.of(device, at);
    const known = courses.get(place);
    if (known !== undefined) return known;
    const course = begin(at);
    courses.set(place, course);
    return course;
  }

  /** An hour is over. */
  #end(contact: Contact, course: Course, at: Instant): readonly Signal[] {
    const size = Math.log2(course.sent + 1);
    if (isLearning(this.#context, contact.device, at)) {
      learn(course, size);
      return [];
    }
    const spread = Math.sqrt(course.squares / Math.max(1, course.count - 1));
    if (course.count < LEARNED || spread > STEADY) return [];
    const off = size - course.mean;
    const unit = Math.max(spread, SPREAD);
    course.sum = Math.max(0, course.sum + off / unit - SLACK);
    course.raised = off >= RAISED ? course.raised + 1 : 0;
    if (course.raised === 0) course.isTold = false;
    if (course.isTold || course.sum < DECISION || course.raised < IN_A_ROW) return [];
    course.isTold = true;
    return [tellOf(contact, course, at)];
  }
}

function begin(at: Instant): Course {
  const hour = Math.floor(at / HOUR);
  return { hour, sent: 0, count: 0, mean: 0, squares: 0, sum: 0, raised: 0, isTold: false };
}

function learn(course: Course, size: number): void {
  course.count += 1;
  const off = size - course.mean;
  course.mean += off / course.count;
  course.squares += off * (size - course.mean);
}

function tellOf(contact: Contact, { sent, mean, raised, count }: Course, at: Instant): Signal {
  const { device, address, port, transport, frame, site } = contact;
  const usual = 2 ** mean - 1;
  return tell({
    type: 'trend',
    at,
    severity: 'low',
    threat: 'interception',
    devices: [device],
    peer: address,
    port,
    transport,
    about: site?.key ?? address,
    summary: `${device} sends more to ${said(site?.key ?? address)} hour by hour: ${octets(sent)} in the last`,
    usual: `In ${count} hours it sent about ${octets(usual)} an hour, always nearly the same.`,
    remedy: 'Look what is added to what the device reports, before it fills a line or a bill.',
    reasons: [`${raised} hours in a row above what it always was`],
    facts: { 'last hour': octets(sent), 'usual hour': octets(usual), 'hours learned': count },
    frames: [frame],
    count: raised,
  });
}
