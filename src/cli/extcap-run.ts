import { resolve } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { writeSlice } from '../io/capture/slice.ts';
import { withSession } from '../io/site/session.ts';
import type { Filter } from '../wire/bpf/compile.ts';
import { runBpf } from '../wire/bpf/run.ts';
import type { Input } from './command.ts';
import { askedFor, commentOf } from './evidence-run.ts';
import { VERSION } from './product.ts';
import type { Shell } from './shell.ts';
import { readWatchFilter } from './watch-filter.ts';

const NAME = 'portolan';
/** Packets that Wireshark is given at most. */
const MOST = 1_000_000;

/** Answers Wireshark's questions, each in its own call (extcap, version 1.0). */
export function runExtcap(shell: Shell, input: Input): Promise<number> {
  if (input.flag('capture')) return capture(shell, input);
  shell.out(
    answer(input)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return Promise.resolve(0);
}

function answer(input: Input): readonly string[] {
  if (input.flag('script')) return script();
  if (input.flag('extcapInterfaces')) {
    return [
      `extcap {version=${VERSION}}{display=Portolan}`,
      `interface {value=${NAME}}{display=Portolan: evidence}`,
    ];
  }
  // The slice is pcapng and says the link of each packet itself; Wireshark wants one beforehand.
  if (input.flag('extcapDlts')) return ['dlt {number=1}{name=EN10MB}{display=As captured}'];
  if (input.flag('extcapConfig')) {
    return [
      'arg {number=0}{call=--id}{display=Finding or device}{type=string}{required=true}{tooltip=PTL-F-… of portolan findings, or a device}',
      'arg {number=1}{call=--from}{display=Capture}{type=fileselect}{mustexist=true}{required=true}{tooltip=The file with the packets}',
    ];
  }
  throw new PortolanError('E_USAGE', 'extcap is called by Wireshark, which says what it wants', {
    remedy: 'Put what portolan extcap --script prints into its extcap folder',
  });
}

/** Wireshark starts every program of a folder; it is told where this one is. */
function script(): readonly string[] {
  const quoted = [process.execPath, resolve(process.argv[1] ?? 'portolan')].map(
    (text) => `'${text.replaceAll("'", "'\\''")}'`,
  );
  return ['#!/bin/sh', `exec ${quoted.join(' ')} extcap "$@"`];
}

async function capture(shell: Shell, input: Input): Promise<number> {
  const [id, from, fifo] = ['id', 'from', 'fifo'].map((name) => input.text(name));
  if (id === undefined || from === undefined || fifo === undefined) {
    throw new PortolanError('E_USAGE', 'It is not said what is to be captured, and from where', {
      remedy: 'Fill in the finding and the capture: the cogwheel beside the interface in Wireshark',
    });
  }
  const filter = readWatchFilter([input.text('extcapCaptureFilter') ?? '']);
  const asked = await withSession(shell, (session) => askedFor(session.site(), id));
  await writeSlice({
    from: [from],
    output: fifo,
    subject: asked.subject,
    comment: commentOf(asked),
    application: `portolan ${VERSION}`,
    most: MOST,
    signal: shell.stop,
    takes: (packet) => runBpf(programFor(filter, packet.linkType), packet) > 0,
  });
  return 0;
}

const programs = new Map<number, ReturnType<Filter['compile']>>();

function programFor(filter: Filter, linkType: number): ReturnType<Filter['compile']> {
  const known = programs.get(linkType) ?? filter.compile(linkType);
  programs.set(linkType, known);
  return known;
}
