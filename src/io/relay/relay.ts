import { Budget } from './budget.ts';
import { MdnsFilter } from './mdns-filter.ts';
import { answerOf, EVERYTHING, isPassedNotice, searchOf } from './ssdp-filter.ts';

/** Messages a second: questions are few, and each may be answered by many. */
const QUESTIONS = 10;
const ANSWERS = 50;
/** Searches that wait for answers, and how long: MX is at most 5 s (UPnP Device Architecture 2.0 §1.3.2). */
const SEARCHES = 64;
const PATIENCE = 6000;
/** Answers that one search gets. */
const PER_SEARCH = 64;

/** On which side a message came, or has to go. */
export type Side = 'services' | 'clients';

export interface Message {
  readonly side: Side;
  readonly protocol: 'mdns' | 'ssdp';
  readonly bytes: Uint8Array;
  /** The one that it goes to; else to the group. */
  readonly to?: { readonly address: string; readonly port: number };
}

export interface Arrival extends Omit<Message, 'to'> {
  readonly from: { readonly address: string; readonly port: number };
}

/** `passed` messages; `limited`: more than there may be; `filtered`: not about what is relayed. */
export interface RelayCounts {
  passed: number;
  limited: number;
  filtered: number;
}

interface Search {
  readonly client: { readonly address: string; readonly port: number };
  readonly target: string;
  readonly until: number;
  answers: number;
}

/**
 * Discovery between two links, as little of it as will do. Questions go from the clients to the
 * services, answers and announcements the other way, and nothing ever back: services cannot look
 * for clients through it, and it cannot answer itself.
 */
export class Relay {
  readonly counts: RelayCounts = { passed: 0, limited: 0, filtered: 0 };
  readonly #mdns: MdnsFilter;
  readonly #ssdp: readonly string[];
  readonly #questions = new Budget(QUESTIONS);
  readonly #answers = new Budget(ANSWERS);
  #searches: Search[] = [];

  constructor(types: readonly string[], ssdp: readonly string[]) {
    this.#mdns = new MdnsFilter(types);
    this.#ssdp = ssdp;
  }

  /** @param now milliseconds */
  receive(arrival: Arrival, now: number): readonly Message[] {
    const messages = this.#passed(arrival, now);
    if (messages.length === 0) this.counts.filtered += 1;
    const budget = arrival.side === 'clients' ? this.#questions : this.#answers;
    return messages.filter((message) => {
      const to = message.to === undefined ? '' : `${message.to.address} ${message.to.port}`;
      const isAllowed = budget.allows(message.bytes, to, now);
      this.counts[isAllowed ? 'passed' : 'limited'] += 1;
      return isAllowed;
    });
  }

  #passed(arrival: Arrival, now: number): readonly Message[] {
    const { side, protocol, bytes } = arrival;
    if (protocol === 'ssdp') {
      return side === 'clients' ? this.#search(arrival, now) : this.#found(bytes, now);
    }
    if (side === 'services') {
      const answers = this.#mdns.answers(bytes);
      return answers.map((answer) => ({ side: 'clients', protocol, bytes: answer }));
    }
    const question = this.#mdns.question(bytes);
    return question === undefined ? [] : [{ side: 'services', protocol, bytes: question }];
  }

  #search({ bytes, from }: Arrival, now: number): readonly Message[] {
    const target = searchOf(bytes, this.#ssdp);
    if (target === undefined || this.#ssdp.length === 0) return [];
    this.#searches = this.#searches.filter(({ until }) => until > now);
    if (this.#searches.length >= SEARCHES) return [];
    this.#searches.push({ client: from, target, until: now + PATIENCE, answers: 0 });
    return [{ side: 'services', protocol: 'ssdp', bytes }];
  }

  /** To whoever had asked for it, and announcements to the group. */
  #found(bytes: Uint8Array, now: number): readonly Message[] {
    if (isPassedNotice(bytes, this.#ssdp)) return [{ side: 'clients', protocol: 'ssdp', bytes }];
    const target = answerOf(bytes, this.#ssdp);
    if (target === undefined) return [];
    return this.#searches.flatMap((search): Message[] => {
      const isFor = search.target === target || search.target === EVERYTHING;
      if (!isFor || search.until <= now || search.answers >= PER_SEARCH) return [];
      search.answers += 1;
      return [{ side: 'clients', protocol: 'ssdp', bytes, to: search.client }];
    });
  }
}
