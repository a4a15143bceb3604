import { PortolanError } from '../base/errors.ts';
import { quote } from '../base/untrusted.ts';
import { serviceItem } from '../io/api/views/port-items.ts';
import type { Session } from '../io/site/session.ts';
import { findDevice, subjectOf, userWord, withSession } from '../io/site/session.ts';
import type { ServiceItem } from '../model/api/site.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Service } from '../model/service.ts';
import type { Site } from '../model/site.ts';
import { services as resource } from '../query/resources/services.ts';
import type { Input } from './command.ts';
import type { Filtered } from './filtered.ts';
import { filtered } from './filtered.ts';
import { count, jsonDocument, jsonList, portText, protocolText, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** Pieces of evidence that `show` prints with their bytes. */
const SHOWN = 20;

const SERVICES: Filtered<Service, ServiceItem> = { resource, view: serviceItem };

export function runServices(shell: Shell, input: Input): Promise<number> {
  const [verb = 'list', device = '', port = '', protocol] = input.args;
  return withSession(shell, (session) => {
    switch (verb) {
      case 'list':
        return list(shell, session, input);
      case 'show':
        return show(shell, session, findService(session.site(), device, port));
      case 'name':
        return name(shell, session, findService(session.site(), device, port), protocol);
      default:
        throw new PortolanError('E_USAGE', `There is no "services ${verb}"`, {
          remedy: 'Use: portolan services list (or show, name)',
        });
    }
  });
}

function list(shell: Shell, session: Session, input: Input): number {
  const site = session.site();
  const protocol = input.text('protocol');
  const shown = filtered(shell, input, { session, site }, site.services, SERVICES)
    .filter((service) => input.flag('closed') || service.state === 'open')
    .filter((service) => protocol === undefined || service.protocol === protocol);
  if (shell.json) {
    shell.out(jsonList(shell, 'services', shown));
    return 0;
  }
  if (shown.length === 0) {
    shell.say('No such service is known. Look for them: portolan scan');
    return 0;
  }
  const names = new Map(site.devices.map((device) => [device.id, device.name]));
  shell.out(
    table<Service>(
      shell,
      [
        { title: 'Device', value: ({ device }) => names.get(device) ?? device },
        { title: 'Port', value: portText, align: 'right' },
        { title: 'State', value: ({ state }) => state, rank: 3 },
        { title: 'Protocol', value: protocolText },
        { title: 'Certainty', value: ({ certainty }) => certainty, rank: 2 },
        { title: 'Access', value: ({ access }) => access, rank: 1 },
        { title: 'Seen by', value: ({ sources }) => sources.join(','), rank: 4 },
        { title: 'Detail', value: detail },
      ],
      shown,
    ),
  );
  shell.hint(count(shown.length, 'service'));
  return 0;
}

function detail({ details, version, unrecognised }: Service): string {
  if (unrecognised !== undefined) {
    const { start, framing, entropy } = unrecognised;
    return `starts ${start.slice(0, 24)}, framing ${framing}, ${entropy.toFixed(1)} bits a byte`;
  }
  const first = details[0];
  const known = version === 'unknown' || version === '' ? '' : version;
  return [known, first === undefined ? '' : `${first.name} ${quote(first.value, 40)}`]
    .filter((text) => text !== '')
    .join(', ');
}

function show(shell: Shell, session: Session, service: Service): number {
  const wanted = new Set(service.evidence);
  const evidence = [...session.store.evidence()].filter(({ id }) => wanted.has(id));
  if (shell.json) {
    shell.out(jsonDocument('service', { service, evidence }));
    return 0;
  }
  const rows: (readonly [string, string])[] = [
    ['Port', `${portText(service)}, ${service.state}`],
    ['Protocol', `${protocolText(service)}, ${service.certainty}, version ${service.version}`],
    ['Access', service.access],
    ['Seen', `${timeText(shell, service.firstSeen)} to ${timeText(shell, service.lastSeen)}`],
    ...service.details.map((one) => [one.name, quote(one.value)] as const),
    ...evidence.slice(-SHOWN).flatMap(proofLines),
  ];
  shell.out(
    table(
      shell,
      [
        { title: 'What', value: ([what]) => what },
        { title: 'Value', value: ([, value]) => value },
      ],
      rows,
    ),
  );
  return 0;
}

function proofLines({ id, fact, proof }: Evidence): (readonly [string, string])[] {
  const head = [`#${id}`, `${fact.kind}`] as const;
  if (proof === undefined) return [head];
  return [
    head,
    ['  asked', proof.request === '' ? '(nothing: it spoke first)' : proof.request],
    ['  answered', proof.response],
    ...(proof.control === undefined
      ? []
      : ([
          ['  control', `${proof.control.request} -> ${proof.control.response || '(nothing)'}`],
        ] as const)),
  ];
}

function name(
  shell: Shell,
  session: Session,
  service: Service,
  protocol: string | undefined,
): number {
  const device = session.site().devices.find(({ id }) => id === service.device);
  if (protocol === undefined || !/^[a-z][a-z0-9-]{1,30}$/.test(protocol)) {
    throw new PortolanError('E_USAGE', 'A protocol name is 2 to 31 of a-z, 0-9 and "-"', {
      remedy: 'For example: portolan services name gateway 8765/tcp acme-bus',
    });
  }
  if (service.unrecognised === undefined || device === undefined) {
    throw new PortolanError(
      'E_USAGE',
      `${portText(service)} speaks ${service.protocol}: it has a name`,
      {
        remedy: 'List what has none: portolan services --protocol unknown',
      },
    );
  }
  const subject = { ...subjectOf(device), transport: service.transport, port: service.port };
  const [stored] = session.add([
    userWord(shell, subject, { kind: 'named-protocol', protocol, signature: service.unrecognised }),
  ]);
  const alike = session.site().services.filter((one) => one.protocol === protocol).length;
  shell.say(
    `${count(alike, 'service')} now called ${protocol}. Take it back: portolan devices undo ${stored?.id ?? ''}`,
  );
  return 0;
}

export function findService(site: Site, wanted: string, port: string): Service {
  const device = findDevice(site, wanted);
  const match = /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(port);
  const found = site.services.find(
    (service) =>
      service.device === device.id &&
      service.port === Number(match?.[1]) &&
      (match?.[2] === undefined || match[2] === service.transport),
  );
  if (found !== undefined) return found;
  throw new PortolanError('E_NOT_FOUND', `${device.id} has no service "${port}"`, {
    remedy: 'List them: portolan services --closed',
  });
}
