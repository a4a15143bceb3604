import { Names } from '../alerts/names.ts';
import { PortolanError } from '../base/errors.ts';
import { capturesFor, MOST_PACKETS, sliceOfAlert } from '../io/alerts/packets.ts';
import { wiresharkFilter } from '../io/alerts/subject.ts';
import { writeSlice } from '../io/capture/slice.ts';
import { withSession } from '../io/site/session.ts';
import type { Alert } from '../model/alert.ts';
import { bookOf, findAlert } from './alerts-book.ts';
import { alertText, containCommand } from './alerts-text.ts';
import type { Input } from './command.ts';
import { count, jsonDocument } from './format.ts';
import { VERSION } from './product.ts';
import type { Shell } from './shell.ts';

/** From a capture that somebody named. */
const MOST = 100_000;

export async function runShow(
  shell: Shell,
  input: Input,
  [id = '']: readonly string[],
): Promise<number> {
  const shown = await withSession(shell, (session) => {
    const book = bookOf(session);
    const { alert } = findAlert(book, id);
    const incident = book.incident(alert.incident).map((known) => known.alert);
    const names = new Names(session.site());
    const kept = capturesFor(session.store.location, alert);
    return { alert, incident, names, kept, log: [...session.store.alerts(alert.id)] };
  });
  const { alert, incident, names, log } = shown;
  const file = input.text('pcap');
  const slice = file === undefined ? undefined : await sliceOf(shell, input, file, shown);
  if (shell.json) {
    const contain = containCommand(alert.last, names);
    const display = wiresharkFilter(alert.last, names);
    const others = incident.map((one) => one.id);
    shell.out(jsonDocument('alert', { alert, incident: others, log, contain, display, slice }));
  } else shell.out(alertText(shell, alert, { names, incident, log }));
  if (slice === undefined) return 0;
  shell.say(`${file}: ${count(slice.packets, 'packet')}`);
  if (slice.packets === 0) shell.warn(`${slice.from.join(', ')} holds no packet of it`);
  return slice.isCut || slice.packets === 0 ? 5 : 0;
}

/** Out of the captures that are named, else out of those beside the database. */
async function sliceOf(
  shell: Shell,
  input: Input,
  output: string,
  { alert, names, kept }: { alert: Alert; names: Names; kept: readonly string[] },
) {
  const named = input.list('from');
  const from = named.length > 0 ? named : kept;
  if (from.length === 0) {
    throw new PortolanError(
      'E_USAGE',
      'No packets were kept of that time, and no capture is named',
      {
        remedy: `portolan alerts show ${alert.id} --from CAPTURE --pcap ${output}`,
      },
    );
  }
  const slice = await writeSlice({
    ...sliceOfAlert(alert, names),
    from,
    output,
    application: `portolan ${VERSION}`,
    most: named.length > 0 ? MOST : MOST_PACKETS,
    signal: shell.stop,
  });
  return { ...slice, from };
}
