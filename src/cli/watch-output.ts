import { forJson } from '../base/encode.ts';
import type { CaptureMessage, CaptureStatus } from '../io/capture/messages.ts';
import type { AlertOpened } from '../model/alert-event.ts';
import type { Fact, NewEvidence } from '../model/evidence.ts';
import type { Flow } from '../model/flow.ts';
import { alertLine, alertText } from './analyze-alerts.ts';
import { endText, flowLine } from './analyze-lines.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';
import { WatchScreen } from './watch-screen.ts';
import type { Seen } from './watch-seen.ts';
import { summaryLines } from './watch-summary.ts';

/** How what is seen is shown, while it is seen and when it is over. */
export interface WatchOutput {
  open(where: string, seen: Seen): void;
  show(message: CaptureMessage): void;
  warn(text: string): void;
  /** Something is wrong or new. */
  alert(opened: AlertOpened): void;
  close(): void;
}

export function outputFor(shell: Shell, input: Input): WatchOutput {
  if (input.flag('jsonl')) return new EventLines(shell);
  if (input.flag('flows')) return new FlowLines(shell);
  const isScreen = shell.outIsTerminal && !shell.accessible && !shell.json && !shell.quiet;
  // The frames themselves go to standard output.
  if (input.text('write') === '-') return new Silent(shell);
  return isScreen ? new WatchScreen(shell) : new NewsLines(shell);
}

/** Says in the end what it was all about; what it says before is the others' work. */
class Silent implements WatchOutput {
  protected readonly shell: Shell;
  protected seen: Seen | undefined;
  #where = '';

  constructor(shell: Shell) {
    this.shell = shell;
  }

  open(where: string, seen: Seen): void {
    this.#where = where;
    this.seen = seen;
  }

  show(_message: CaptureMessage): void {}

  warn(text: string): void {
    this.shell.warn(text);
  }

  alert(opened: AlertOpened): void {
    this.shell.warn(alertText(opened));
  }

  close(): void {
    if (this.seen === undefined) return;
    if (this.shell.json) this.shell.out(summaryJson(this.#where, this.seen));
    else for (const line of summaryLines(this.#where, this.seen)) this.shell.say(line);
  }
}

/** One JSON object for each event: `{"event":"flow",…}`. */
class EventLines extends Silent {
  override alert(opened: AlertOpened): void {
    this.shell.out(`${forJson({ event: 'alert', ...alertLine(opened) })}\n`);
  }

  override show(message: CaptureMessage): void {
    for (const event of eventsOf(message)) this.shell.out(`${forJson(event)}\n`);
  }
}

function eventsOf(message: CaptureMessage): readonly object[] {
  switch (message.kind) {
    case 'flow': {
      const { file: _file, ...line } = { file: '', ...flowLine('', message.flow) };
      return [{ event: message.flow.active === true ? 'active-flow' : 'flow', ...line }];
    }
    case 'evidence':
      return message.evidence.map(({ at, subject, certainty, fact }) => ({
        event: 'evidence',
        at,
        subject,
        certainty,
        fact,
      }));
    case 'status':
      return [{ event: 'status', ...message.status }];
    case 'ready':
      return [{ event: 'start', method: message.method, rights: message.rights }];
    case 'end':
      return [{ event: 'end', why: message.why }];
    case 'observations':
    case 'error':
      return []; // An error is thrown, and printed like every other.
  }
}

/** One line for each conversation. */
class FlowLines extends Silent {
  override show(message: CaptureMessage): void {
    if (message.kind !== 'flow' || message.flow.active === true) return;
    if (this.shell.json) this.shell.out(`${forJson(flowLine('', message.flow))}\n`);
    else this.shell.out(`${flowText(message.flow)}\n`);
  }

  override close(): void {
    if (!this.shell.json) super.close();
  }
}

/** `12:03:04 192.0.2.1:40000 → 192.0.2.2:502 tcp modbus answered 12/10 packets 240/320 bytes`. */
export function flowText(flow: Flow): string {
  const { source, destination, transport, protocol, outcome, sent, received } = flow;
  return [
    new Date(flow.firstSeen).toISOString().slice(11, 19),
    endText(source),
    '→',
    endText(destination),
    transport,
    protocol,
    outcome,
    `${sent.packets}/${received.packets} packets`,
    `${sent.bytes}/${received.bytes} bytes`,
  ].join(' ');
}

/** Where there is no terminal: a line for each device, service and change that is new. */
class NewsLines extends Silent {
  readonly #told = new Set<string>();

  override show(message: CaptureMessage): void {
    if (message.kind !== 'evidence' || this.shell.json) return;
    for (const evidence of message.evidence) this.#tell(evidence);
  }

  #tell(evidence: NewEvidence): void {
    const text = newsOf(evidence);
    if (text === undefined || this.#told.has(text)) return;
    // What is told twice after so much is no harm.
    if (this.#told.size > 100_000) this.#told.clear();
    this.#told.add(text);
    this.shell.out(`${new Date(evidence.at).toISOString().slice(11, 19)} ${text}\n`);
  }
}

function newsOf({ subject, fact, certainty }: NewEvidence): string | undefined {
  const { address, mac, transport, port } = subject;
  if (fact.kind === 'present') {
    return `device ${address}${mac === undefined ? '' : ` (${mac})`}`;
  }
  if (transport === undefined || port === undefined) return undefined;
  return serviceNews(`service ${endText({ address, port })}/${transport}`, fact, certainty);
}

function serviceNews(where: string, fact: Fact, certainty: string): string | undefined {
  if (fact.kind === 'open') return `${where} open`;
  return fact.kind === 'speaks' ? `${where} ${fact.protocol} (${certainty})` : undefined;
}

function summaryJson(where: string, seen: Seen): string {
  const site = seen.site();
  const status: Partial<CaptureStatus> = seen.status ?? {};
  const devices = site.devices.filter((one) => one.addresses.some((at) => seen.addresses.has(at)));
  const ids = new Set(devices.map(({ id }) => id));
  return jsonDocument('watch', {
    where,
    ...status,
    devices,
    services: site.services.filter(({ device }) => ids.has(device)),
  });
}
