import { shownAddress } from '../base/address.ts';
import { PortolanError } from '../base/errors.ts';
import { shortId } from '../base/id.ts';
import { quote, reveal, untrusted } from '../base/untrusted.ts';
import { purposeOf } from '../identify/purpose.ts';
import { deviceItem } from '../io/api/views/device-items.ts';
import type { Session } from '../io/site/session.ts';
import { findDevice, subjectOf, userWord, withSession } from '../io/site/session.ts';
import type { DeviceItem } from '../model/api/site.ts';
import type { Device } from '../model/device.ts';
import type { AttributeName, UserWord } from '../model/evidence.ts';
import { devices as resource } from '../query/resources/devices.ts';
import type { Input } from './command.ts';
import type { Filtered } from './filtered.ts';
import { filtered } from './filtered.ts';
import {
  attribute,
  count,
  jsonDocument,
  jsonList,
  portText,
  protocolText,
  timeText,
} from './format.ts';
import type { Shell } from './shell.ts';
import type { Column } from './table.ts';
import { table } from './table.ts';

const DEVICES: Filtered<Device, DeviceItem> = { resource, view: deviceItem };

const SETTABLE: readonly AttributeName[] = [
  'vendor',
  'model',
  'firmware',
  'hardware',
  'serial',
  'kind',
  'category',
  'os',
];

export function runDevices(shell: Shell, input: Input): Promise<number> {
  const [verb = 'list', wanted, ...values] = input.args;
  return withSession(shell, (session) => {
    switch (verb) {
      case 'list':
        return list(shell, session, input);
      case 'show':
        return show(shell, session, need(wanted), input.flag('evidence'));
      case 'add':
        return addChild(shell, session, need(wanted), input.text('behind'));
      case 'undo':
        return undo(shell, session, need(wanted));
      case 'name':
      case 'set':
      case 'treat-as':
      case 'merge':
      case 'split':
        return speak(shell, session, verb, need(wanted), values);
      default:
        // `portolan devices camera` is what people type first.
        return show(shell, session, verb, input.flag('evidence'));
    }
  });
}

function need(word: string | undefined): string {
  if (word !== undefined) return word;
  throw new PortolanError('E_USAGE', 'That needs a device', {
    remedy: 'For example: portolan devices show 192.168.1.31',
  });
}

function list(shell: Shell, session: Session, input: Input): number {
  const site = session.site();
  const { services } = site;
  const devices = filtered(shell, input, { session, site }, site.devices, DEVICES);
  if (shell.json) {
    shell.out(jsonList(shell, 'devices', devices));
    return 0;
  }
  if (devices.length === 0) {
    shell.say(
      site.devices.length === 0
        ? 'No devices are known yet. Look for them: portolan scan'
        : 'No device fits.',
    );
    return 0;
  }
  const open = (device: Device): string =>
    services
      .filter((service) => service.device === device.id && service.state === 'open')
      .map(portText)
      .join(' ');
  const columns: readonly Column<Device>[] = [
    { title: 'ID', value: ({ id }) => id },
    { title: 'Name', value: ({ name }) => name },
    { title: 'Kind', value: (device) => attribute(device, 'kind'), rank: 2 },
    { title: 'Category', value: ({ category }) => category, rank: 4 },
    { title: 'Vendor', value: (device) => attribute(device, 'vendor'), rank: 3 },
    { title: 'Address', value: ({ addresses }) => shownAddress(addresses) ?? '' },
    { title: 'MAC', value: ({ macs }) => macs[0] ?? '', rank: 5 },
    { title: 'Last seen', value: ({ lastSeen }) => timeText(shell, lastSeen), rank: 6 },
    { title: 'Open', value: open },
  ];
  shell.out(table(shell, columns, devices));
  shell.hint(
    `${count(devices.length, 'device')}. One in full: portolan devices show ID --evidence`,
  );
  return 0;
}

function show(shell: Shell, session: Session, wanted: string, withEvidence: boolean): number {
  const site = session.site();
  const device = findDevice(site, wanted);
  const services = site.services.filter((service) => service.device === device.id);
  const findings = site.findings.filter((finding) => finding.device === device.id);
  if (shell.json) {
    const ledger = site.ledger.filter((row) => row.device === device.id);
    const children = site.devices.filter(({ behind }) => behind === device.id);
    const card = { device, ...purposeOf(device), services, ledger, findings, children };
    shell.out(jsonDocument('device', card));
    return 0;
  }
  const lines: (readonly [string, string])[] = [
    ['Device', `${device.id}  ${quote(device.name)}`],
    ['Addresses', device.addresses.join(', ')],
    ['MAC', device.macs.join(', ')],
    ['Category', device.category],
    ['Purpose', purposeText(device)],
    [
      'Treated as',
      `${device.robustness}${device.robustnessReason === '' ? '' : `: ${device.robustnessReason}`}`,
    ],
    ['Seen', `${timeText(shell, device.firstSeen)} to ${timeText(shell, device.lastSeen)}`],
    ...identity(device, withEvidence),
    ...services.map(
      (service) => [portText(service), `${service.state}  ${protocolText(service)}`] as const,
    ),
    ...findings.map(({ id, summary }) => [id, summary] as const),
    ...device.conflicts.map((text) => ['Conflict', text] as const),
  ];
  shell.out(
    table(
      shell,
      [
        { title: 'What', value: ([name]) => name },
        { title: 'Value', value: ([, value]) => value },
      ],
      lines.filter(([, value]) => value !== ''),
    ),
  );
  return 0;
}

/** Whether it does one thing or what its owner likes, and why we think so. */
function purposeText(device: Device): string {
  const { purpose, reason } = purposeOf(device);
  return reason === '' ? purpose : `${purpose}: ${reason}`;
}

function identity(device: Device, withEvidence: boolean): (readonly [string, string])[] {
  return Object.entries(device.attributes).flatMap(([name, beliefs]) =>
    (withEvidence ? (beliefs ?? []) : (beliefs ?? []).slice(0, 1)).map((belief) => {
      const proof = belief.evidence.map((id) => `#${id}`).join(' ');
      const why = withEvidence ? `  ${belief.certainty}, ${belief.source}, evidence ${proof}` : '';
      return [name, `${quote(belief.value)}${why}`] as const;
    }),
  );
}

function speak(
  shell: Shell,
  session: Session,
  verb: 'name' | 'set' | 'treat-as' | 'merge' | 'split',
  wanted: string,
  values: readonly string[],
): number {
  const site = session.site();
  const device = findDevice(site, wanted);
  const words = wordsFor(verb, values, (other) => keyOf(findDevice(site, other)));
  const stored = session.add(words.map((word) => userWord(shell, subjectOf(device), word)));
  const ids = stored.map(({ id }) => id).join(' ');
  shell.say(`Noted for ${device.id}. Take it back: portolan devices undo ${ids}`);
  return 0;
}

function wordsFor(
  verb: 'name' | 'set' | 'treat-as' | 'merge' | 'split',
  values: readonly string[],
  key: (device: string) => string,
): UserWord[] {
  const first = values[0];
  if (first === undefined) {
    throw new PortolanError('E_USAGE', `"devices ${verb}" needs a value`, {
      remedy: 'See: portolan devices --help',
    });
  }
  switch (verb) {
    case 'name':
      return [{ kind: 'called', name: untrusted(values.join(' ')) }];
    case 'set':
      return values.map(correction);
    case 'treat-as':
      return [{ kind: 'treat-as', robustness: robustness(first) }];
    case 'merge':
      return values.map((other) => ({ kind: 'same', key: key(other) }));
    case 'split':
      return values.map((other) => ({
        kind: 'not-same',
        key: other.includes(':') ? other : key(other),
      }));
  }
}

function correction(pair: string): UserWord {
  const [name = '', value = ''] = pair.split(/=(.*)/s);
  const attributeName = SETTABLE.find((known) => known === name);
  if (attributeName === undefined || value === '') {
    throw new PortolanError('E_USAGE', `"${pair}" is not attribute=value`, {
      remedy: `Attributes: ${SETTABLE.join(', ')}; for example vendor=Reolink`,
    });
  }
  return { kind: 'corrected', name: attributeName, value: untrusted(value) };
}

function robustness(word: string): 'fragile' | 'unknown' | 'robust' {
  if (word === 'fragile' || word === 'unknown' || word === 'robust') return word;
  throw new PortolanError('E_USAGE', `"${word}" is not how a device can be treated`, {
    remedy: 'Use fragile, unknown or robust',
  });
}

function keyOf(device: Device): string {
  return device.keys[0] ?? device.id;
}

function addChild(shell: Shell, session: Session, name: string, hub: string | undefined): number {
  const site = session.site();
  if (hub === undefined) {
    throw new PortolanError(
      'E_USAGE',
      'A device without an address needs the hub that speaks for it',
      {
        remedy: `For example: portolan devices add ${JSON.stringify(name)} --behind hue`,
      },
    );
  }
  const parent = findDevice(site, hub);
  const id = shortId('D', `child:${keyOf(parent)}:${name}`);
  const [stored] = session.add([
    userWord(shell, subjectOf(parent), { kind: 'child', id, name: untrusted(name) }),
  ]);
  shell.say(
    `Added behind ${reveal(parent.name)}. Take it back: portolan devices undo ${stored?.id ?? ''}`,
  );
  return 0;
}

function undo(shell: Shell, session: Session, wanted: string): number {
  const id = Number(wanted.replace(/^#/, ''));
  const found = [...session.store.evidence({ after: id - 1, until: id })][0];
  if (found?.source !== 'user') {
    throw new PortolanError('E_NOT_FOUND', `Evidence ${wanted} is not a word of yours`, {
      remedy: 'Find its number: portolan devices show DEVICE --evidence',
    });
  }
  session.add([userWord(shell, found.subject, { kind: 'retract', evidence: id })]);
  shell.say(`Taken back: ${id}`);
  return 0;
}
