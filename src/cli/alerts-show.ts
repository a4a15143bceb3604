import { Names } from '../alerts/names.ts';
import { PortolanError } from '../base/errors.ts';
import { sliceOfAlert } from '../io/alerts/packets.ts';
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

const MOST_PACKETS = 100_000;

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
    return { alert, incident, names, log: [...session.store.alerts(alert.id)] };
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
  if (slice.packets === 0) shell.warn(`${input.list('from').join(', ')} holds no packet of it`);
  return slice.isCut || slice.packets === 0 ? 5 : 0;
}

/** The device's packets, from a minute before the first signal to a minute after the last. */
function sliceOf(
  shell: Shell,
  input: Input,
  output: string,
  { alert, names }: { readonly alert: Alert; readonly names: Names },
) {
  const from = input.list('from');
  if (from.length === 0) {
    throw new PortolanError('E_USAGE', 'The packets are cut out of a capture, and none is named', {
      remedy: `portolan alerts show ${alert.id} --from CAPTURE --pcap ${output}`,
    });
  }
  return writeSlice({
    ...sliceOfAlert(alert, names),
    from,
    output,
    application: `portolan ${VERSION}`,
    most: MOST_PACKETS,
    signal: shell.stop,
  });
}
