import { PortolanError } from '../base/errors.ts';
import { quote, visible } from '../base/untrusted.ts';
import { displayFilter } from '../io/capture/display-filter.ts';
import type { SliceSubject } from '../io/capture/slice.ts';
import { writeSlice } from '../io/capture/slice.ts';
import { findDevice, withSession } from '../io/site/session.ts';
import type { Site } from '../model/site.ts';
import type { Input } from './command.ts';
import { count, jsonDocument } from './format.ts';
import { VERSION } from './product.ts';
import type { Shell } from './shell.ts';

/** What is asked for, and how Wireshark finds it. */
export interface Asked {
  readonly id: string;
  /** One sentence on it, for the comment. */
  readonly text: string;
  readonly subject: SliceSubject;
  /** Wireshark's display filter. */
  readonly display: string;
}

export async function runEvidence(shell: Shell, input: Input): Promise<number> {
  const [id = ''] = input.args;
  const asked = await withSession(shell, (session) => askedFor(session.site(), id));
  const output = input.text('output');
  const from = input.list('from');
  if (output === undefined) {
    tell(shell, asked, undefined);
    return 0;
  }
  if (from.length === 0) {
    throw new PortolanError('E_USAGE', 'A slice is cut out of a capture, and none is named', {
      remedy: `portolan evidence ${asked.id} --from CAPTURE -o ${output}`,
    });
  }
  const slice = await writeSlice({
    from,
    output,
    subject: asked.subject,
    comment: commentOf(asked),
    application: `portolan ${VERSION}`,
    most: mostOf(input),
    signal: shell.stop,
  });
  tell(shell, asked, { file: output, ...slice });
  if (slice.packets === 0) shell.warn(`${from.join(', ')} holds no packet of it`);
  return slice.isCut || slice.packets === 0 ? 5 : 0;
}

export function commentOf({ id, text }: Asked): string {
  return `${id}: ${text}`;
}

function tell(
  shell: Shell,
  { id, display }: Asked,
  slice: { readonly file: string; readonly packets: number; readonly isCut: boolean } | undefined,
): void {
  if (shell.json) {
    shell.out(jsonDocument('evidence', { id, display, ...(slice === undefined ? {} : { slice }) }));
    return;
  }
  shell.out(`Wireshark: ${display}\n`);
  if (slice === undefined) return;
  const more = slice.isCut ? '; there are more: --most' : '';
  shell.say(`${slice.file}: ${count(slice.packets, 'packet')}${more}`);
}

/** @throws PortolanError E_NOT_FOUND */
export function askedFor(site: Site, id: string): Asked {
  const wanted = id.toUpperCase();
  const finding = site.findings.find((one) => one.id === wanted || one.id === `PTL-F-${wanted}`);
  const device = finding === undefined ? findDevice(site, id) : findDevice(site, finding.device);
  const subject: SliceSubject = {
    addresses: device.addresses,
    // A port is an address's; by its MAC a router would be taken for all behind it.
    macs: finding?.port === undefined || device.addresses.length === 0 ? device.macs : [],
    ...(finding?.transport === undefined ? {} : { transport: finding.transport }),
    ...(finding?.port === undefined ? {} : { port: finding.port }),
  };
  return {
    id: finding?.id ?? device.id,
    text: visible(finding?.summary ?? quote(device.name)),
    subject,
    display: displayFilter(subject),
  };
}

function mostOf(input: Input): number {
  const number = Number(input.text('most') ?? '100000');
  if (Number.isInteger(number) && number > 0) return number;
  throw new PortolanError('E_USAGE', `"${input.text('most')}" is no number of packets`, {
    remedy: 'Use a whole number above 0',
  });
}
