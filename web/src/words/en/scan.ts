import { number } from '../format.ts';
import { plural } from '../index.ts';

export const scan = {
  now: 'Scan now',
  running: 'Scan running',
  ask: 'Scan…',
  started: 'Begun',
  outcome: 'Outcome',
  title: 'Scan now',
  lead: 'Finds devices and open ports, and names what really answers. Full connections only; nothing is written, no password is tried.',
  targets: 'What to look at',
  scope: 'The configured scope',
  scopeOf: (networks: string) => `The configured scope: ${networks}`,
  own: 'Only these',
  ownHint:
    'Addresses, networks, device:NAME or zone:NAME, with blanks between. Never outside the scope.',
  pace: 'Pace',
  paces: {
    gentle: 'gentle',
    polite: 'polite',
    normal: 'normal',
    fast: 'fast',
  },
  paceHelp: {
    gentle: 'one connection at a time, for old and delicate devices',
    polite: 'at most 2 new connections a second to a device; the default',
    normal: 'faster, for devices that are known to be robust',
    fast: 'as fast as robust devices bear; all others stay polite',
  },
  ports: 'Ports',
  portSets: { '': 'of IoT devices', ot: 'of controllers', all: 'all 65,535' },
  start: 'Start the scan',
  starting: 'Starting …',
  noRight: 'Your role may look, not scan.',
  stop: 'Stop and keep what was found',
  stopping: 'Stopping …',
  phases: {
    waiting: 'waiting for the scan before it',
    discover: 'finding devices',
    ports: 'asking ports',
    identify: 'naming what answers',
    done: 'done',
  },
  progress: 'Progress',
  done: (done: number, total: number) => `${number(done)} of ${number(total)}`,
  left: (time: string) => `about ${time} left`,
  leftUnknown: 'time left is not known yet',
  found: (devices: number, services: number) =>
    `${number(devices)} ${plural(devices, 'device', 'devices')}, ${number(services)} open ${plural(services, 'service', 'services')}`,
  at: 'Now at',
  sent: 'Sent so far',
  sentInAll: 'Sent',
  budget: (connections: number, datagrams: number) =>
    `${number(connections)} ${plural(connections, 'connection', 'connections')}, ${number(datagrams)} ${plural(datagrams, 'datagram', 'datagrams')}`,
  outcomes: {
    running: 'running',
    complete: 'complete',
    interrupted: 'stopped; what was found is kept',
    partial: 'complete but for what is noted',
  },
  devices: 'Show devices',
  earlier: 'Scans before',
};
