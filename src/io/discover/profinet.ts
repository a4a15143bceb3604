import { setTimeout as sleep } from 'node:timers/promises';
import { quote, untrusted } from '../../base/untrusted.ts';
import type { Proof } from '../../model/evidence.ts';
import { identifyAll, pnDcp, readIdentified } from '../../protocols/pn-dcp.ts';
import type { Link } from './interfaces.ts';
import type { Job } from './job.ts';
import type { LinkFrame } from './link-socket.ts';
import { LinkSocket } from './link-socket.ts';

/** The group of all stations (IEC 61158-6-10 §4.3, DCP-Identify multicast). */
const ALL_STATIONS = '01:0e:cf:00:00:00';
const [ETHER_TYPE] = pnDcp.etherTypes;
/** Answers of a plant spread over 1.28 s: so many times 10 ms. */
const DELAY_FACTOR = 128;
/** Milliseconds until the last answer is there: the spread, and 0.4 s for the slowest. */
const COLLECT = DELAY_FACTOR * 10 + 400;
/** Milliseconds between two looks at what has come. */
const LOOK = 20;
/** Frames that are read of one interface: nobody has more stations on one, and a flood has. */
const FRAMES = 4096;
/** The question reaches everybody on the link. */
const QUESTION_PACKETS = 5;
/** Octets of a side that are kept as proof. */
const PROOF = 512;
/** What is lacking, for whoever wants them asked. */
const WHY = {
  refused: 'that needs CAP_NET_RAW (portolan setup capture)',
  unable: 'the package by which frames are sent is not installed (@koromix/koffi)',
} as const;
/** Stations without an address that are told by name. */
const NAMED = 5;

/**
 * Asks every PROFINET station on the links to identify itself: one frame an interface, which only
 * stations heed, and which reads. Without the right to send frames it is said, and that is all.
 */
export async function askStations(
  links: readonly Link[],
  quiet: ReadonlySet<string>,
  job: Job,
): Promise<void> {
  const cards = new Map(
    links
      .filter(({ name, loopback }) => !loopback && !quiet.has(name))
      .map(({ name, mac }) => [name, mac]),
  );
  await Promise.all([...cards].map(([name, mac]) => askOn(name, mac, job)));
}

async function askOn(name: string, mac: string, job: Job): Promise<void> {
  const { signal, nonce, note } = job.context;
  const socket = LinkSocket.open(name, ETHER_TYPE);
  if (typeof socket === 'string') {
    if (socket !== 'gone') note(`PROFINET stations were not asked: ${WHY[socket]}`);
    return;
  }
  try {
    await job.pacer.turn(QUESTION_PACKETS, signal);
    const xid = new DataView(Uint8Array.from(nonce()).buffer).getUint32(0);
    const question = identifyAll(xid, DELAY_FACTOR);
    if (!socket.send(ALL_STATIONS, mac, question)) return;
    await collect(socket, new Answers(name, xid, question, job), signal);
  } finally {
    socket.close();
  }
}

async function collect(socket: LinkSocket, answers: Answers, signal: AbortSignal): Promise<void> {
  let frames = 0;
  for (let waited = 0; waited < COLLECT && frames < FRAMES; waited += LOOK) {
    await sleep(LOOK, undefined, { signal });
    for (let frame = socket.receive(); frame !== undefined; frame = socket.receive()) {
      answers.take(frame);
      frames += 1;
      if (frames >= FRAMES) break;
    }
  }
  answers.end();
}

class Answers {
  readonly #link: string;
  readonly #xid: number;
  readonly #question: Uint8Array;
  readonly #job: Job;
  readonly #addressless: string[] = [];

  constructor(link: string, xid: number, question: Uint8Array, job: Job) {
    this.#link = link;
    this.#xid = xid;
    this.#question = question;
    this.#job = job;
  }

  take({ source, payload }: LinkFrame): void {
    const station = readIdentified(payload, this.#xid);
    if (station === undefined) return;
    const { address, name, facts } = station;
    if (address === undefined) {
      this.#addressless.push(`${quote(untrusted(name))} (${source})`);
      return;
    }
    const { recorder } = this.#job;
    const proof: Proof = {
      request: hex(this.#question),
      response: hex(payload.subarray(0, PROOF)),
    };
    recorder.present(address, 'pn-dcp', { mac: source, proof });
    recorder.say({ address, mac: source }, 'likely', facts);
  }

  /** A station that nobody has configured yet cannot be told by an address. */
  end(): void {
    const count = this.#addressless.length;
    if (count === 0) return;
    const names = this.#addressless.slice(0, NAMED).join(', ');
    const more = count > NAMED ? ` and ${count - NAMED} more` : '';
    this.#job.context.note(
      `PROFINET stations on ${this.#link} that have no address yet: ${names}${more}`,
    );
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
