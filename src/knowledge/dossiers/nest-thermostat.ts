import type { Citation, Dossier } from '../dossier.ts';
import { DNS, IANA, NTP } from '../standards.ts';

const HAY: Citation = {
  document: 'Andrew Hay, traffic of a Nest thermostat, andrewhay.ca/archives/2419',
  date: 'read 2026-11-22',
};
const MUD: Citation = { document: 'osmud/osmud, example/MUDFILE.NEST', date: 'read 2026-11-25' };
const NLE: Citation = {
  document: 'docs.nolongerevil.com (how the thermostat talks to its server)',
  date: 'read 2026-11-22',
};

export const nestThermostat = {
  id: 'nest-thermostat',
  title: 'Google Nest thermostat',
  vendor: 'Google',
  category: 'smart-home',
  kind: 'thermostat',
  aliases: ['nest', 'google-nest'],
  matches: [
    { vendor: 'nest', kind: 'thermostat' },
    { model: 'nest thermostat' },
    { model: 'nest learning' },
  ],
  lines: [
    {
      direction: 'from-device',
      transport: 'tcp',
      ports: '9543',
      protocol: 'tls',
      peer: '*.transport.nest.com',
      purpose: 'connection to the Nest service, opened by the thermostat',
      need: 'required',
      certainty: 'proved',
      source: HAY,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '11095',
      protocol: 'weave',
      peer: 'Nest devices on the local network',
      purpose: 'Nest device-to-device protocol',
      need: 'optional',
      certainty: 'likely',
      source: IANA,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '11095',
      protocol: 'weave',
      peer: 'Nest devices on the local network',
      purpose: 'Nest device-to-device protocol',
      need: 'optional',
      certainty: 'likely',
      source: IANA,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '53',
      protocol: 'dns',
      peer: 'resolver of the network',
      purpose: 'names of the services it calls',
      need: 'required',
      certainty: 'likely',
      source: DNS,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '123',
      protocol: 'ntp',
      peer: 'time server',
      purpose: 'time, without which certificates cannot be checked',
      need: 'required',
      certainty: 'likely',
      source: NTP,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8080',
      protocol: 'http',
      peer: 'nobody',
      purpose: 'named by articles; no document of the maker or measurement shows it',
      need: 'not-needed',
      certainty: 'likely',
      source: NLE,
    },
  ],
  notes: [
    {
      text: 'The thermostat initiates all connections: nothing needs to be open to it.',
      source: NLE,
    },
    {
      text: 'A public MUD file (of 2017-12-09) allows it TCP 9543 to nest.com and no other port of the internet: whether newer models need 443 as well is for observation to say.',
      source: MUD,
    },
    {
      text: '9543 and 9553 have no registered name: a rule must name the destination, not the service.',
      source: IANA,
    },
  ],
} as const satisfies Dossier;
