import { shownAddress } from '../base/address.ts';
import { forTerminal } from '../base/encode.ts';
import type { CaptureMessage } from '../io/capture/messages.ts';
import type { AlertOpened } from '../model/alert-event.ts';
import type { Device } from '../model/device.ts';
import type { Service } from '../model/service.ts';
import type { Site } from '../model/site.ts';
import { alertText } from './analyze-alerts.ts';
import { endText } from './analyze-lines.ts';
import { protocolText } from './format.ts';
import type { Shell } from './shell.ts';
import { paint, table } from './table.ts';
import type { WatchOutput } from './watch-output.ts';
import type { Seen } from './watch-seen.ts';
import { summaryLines } from './watch-summary.ts';

/** Milliseconds between two pictures, and between two folds of what is believed. */
const REDRAW = 250;
const REFOLD = 1000;
const HEIGHT = 24;
/** The other screen of the terminal, and back; the cursor hidden, and shown. */
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** The terminal's view: devices, services and the newest conversations, four times a second. */
export class WatchScreen implements WatchOutput {
  readonly #shell: Shell;
  #seen: Seen | undefined;
  #where = '';
  #warning = '';
  #site: Site | undefined;
  #version = -1;
  #folded = 0;
  #rate = 0;
  #before = { packets: 0, at: 0 };
  #timer: NodeJS.Timeout | undefined;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  open(where: string, seen: Seen): void {
    this.#where = where;
    this.#seen = seen;
    this.#shell.out(ENTER);
    this.#timer = setInterval(() => this.#draw(), REDRAW);
  }

  show(message: CaptureMessage): void {
    if (message.kind !== 'status') return;
    const now = this.#shell.now();
    const { packets, at } = this.#before;
    const seconds = (now - at) / 1000;
    if (at > 0 && seconds > 0)
      this.#rate = Math.round((message.status.packets - packets) / seconds);
    this.#before = { packets: message.status.packets, at: now };
  }

  warn(text: string): void {
    this.#warning = text;
  }

  alert(opened: AlertOpened): void {
    this.#warning = alertText(opened);
  }

  close(): void {
    if (this.#timer !== undefined) clearInterval(this.#timer);
    const seen = this.#seen;
    if (seen === undefined) return;
    this.#shell.out(LEAVE);
    if (this.#warning !== '') this.#shell.warn(this.#warning);
    for (const line of summaryLines(this.#where, seen)) this.#shell.say(line);
    this.#shell.hint('Next: portolan devices, portolan services, portolan ledger');
  }

  #draw(): void {
    const seen = this.#seen;
    if (seen === undefined) return;
    const rows = (process.stdout.rows > 0 ? process.stdout.rows : HEIGHT) - 1;
    const lines = this.#lines(seen, rows).slice(0, rows);
    this.#shell.out(
      `${HOME}${lines.map((line) => `${line}${CLEAR_LINE}\n`).join('')}${CLEAR_BELOW}`,
    );
  }

  #lines(seen: Seen, rows: number): readonly string[] {
    const site = this.#fold(seen);
    const third = Math.max(3, Math.floor((rows - 6) / 3));
    const devices = site.devices
      .filter(({ addresses }) => addresses.some((at) => seen.addresses.has(at)))
      .sort((a, b) => b.lastSeen - a.lastSeen);
    const ids = new Map(devices.map((device) => [device.id, device]));
    const services = site.services
      .filter(({ device }) => ids.has(device))
      .sort((a, b) => b.lastSeen - a.lastSeen);
    return [
      ...this.#head(seen, devices.length, services.length),
      '',
      ...split(this.#devices(devices.slice(0, third))),
      '',
      ...split(this.#services(services.slice(0, third), ids)),
      '',
      ...split(this.#flows(seen, third)),
    ];
  }

  #head(seen: Seen, devices: number, services: number): readonly string[] {
    const { packets = 0, active = 0, flows = 0, dropped } = seen.status ?? {};
    const lost = dropped === undefined ? '' : `, ${dropped} lost`;
    const text = `${this.#where}: ${packets} packets, ${this.#rate}/s${lost}; ${devices} devices, ${services} services, ${active} conversations under way, ${flows} over. Ctrl-C ends and keeps it.`;
    const line = paint(this.#shell, 'bold', forTerminal(text).slice(0, this.#shell.width));
    if (this.#warning === '') return [line];
    return [
      line,
      paint(this.#shell, 'yellow', forTerminal(this.#warning).slice(0, this.#shell.width)),
    ];
  }

  /** Folding costs more the more is known: once a second, and only for news. */
  #fold(seen: Seen): Site {
    const now = this.#shell.now();
    const isDue = seen.version !== this.#version && now - this.#folded >= REFOLD;
    if (this.#site !== undefined && !isDue) return this.#site;
    this.#version = seen.version;
    this.#folded = now;
    this.#site = seen.site();
    return this.#site;
  }

  #devices(rows: readonly Device[]): string {
    return table<Device>(
      this.#shell,
      [
        { title: 'Device', value: ({ name }) => name },
        { title: 'Address', value: ({ addresses }) => shownAddress(addresses) ?? '' },
        { title: 'MAC', value: ({ macs }) => macs[0] ?? '', rank: 2 },
        { title: 'Category', value: ({ category }) => category, rank: 1 },
      ],
      rows,
    );
  }

  #services(rows: readonly Service[], devices: ReadonlyMap<string, Device>): string {
    return table<Service>(
      this.#shell,
      [
        { title: 'Service', value: ({ port, transport }) => `${port}/${transport}` },
        { title: 'Protocol', value: protocolText },
        { title: 'Of', value: ({ device }) => devices.get(device)?.name ?? device },
      ],
      rows,
    );
  }

  #flows(seen: Seen, most: number): string {
    return table<Seen['newest'][number]>(
      this.#shell,
      [
        { title: 'From', value: ({ source }) => endText(source) },
        { title: 'To', value: ({ destination }) => endText(destination) },
        { title: 'Protocol', value: ({ protocol }) => protocol },
        { title: 'Outcome', value: ({ outcome }) => outcome, rank: 1 },
        {
          title: 'Bytes',
          value: (one) => one.sent.bytes + one.received.bytes,
          align: 'right',
          rank: 2,
        },
      ],
      seen.newest.slice(0, most),
    );
  }
}

function split(text: string): readonly string[] {
  return text.trimEnd().split('\n');
}
