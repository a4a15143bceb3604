import { characterise, mergeSignatures } from '../src/protocols/shared/characterise.ts';
import { readSoap } from '../src/protocols/shared/soap.ts';
import { auditIgd, igdServices } from '../src/protocols/shared/upnp-igd.ts';
import type { FuzzTarget } from './_fuzz.ts';
import { joined, octets, parted } from './_fuzz-parts.ts';
import { spokenSeeds } from './_fuzz-spoken.ts';

/** Requests after which the audit of a gateway is one without end: it lists at most 512 mappings twice. */
const REQUESTS = 2048;
const NOTHING = new Uint8Array(0);

/** What is asked of devices beside the protocols: answers that nobody knows, and a router's holes. */
export function sharedTargets(): readonly FuzzTarget[] {
  return [
    {
      name: 'protocols/shared/characterise',
      seeds: spokenSeeds()
        .filter((_, index) => index % 40 === 0)
        .map(({ client, server }) => joined([client, ...server, ...server])),
      run: (bytes) => {
        const [question = NOTHING, ...answers] = parted(bytes);
        const first = characterise(question, answers);
        return [first, mergeSignatures(first, characterise(question, answers.slice(1)))];
      },
    },
    {
      name: 'protocols/shared/upnp-igd',
      seeds: [joined([octets(GATEWAY), ...ANSWERS.map(octets)])],
      run: (bytes) => audited(parted(bytes)),
    },
  ];
}

/** The first is the description of a gateway, the others are its answers, in turn. */
function audited([description = NOTHING, ...answers]: readonly Uint8Array[]): unknown {
  const services = igdServices(description, 'http://192.0.2.1:5000/root.xml');
  const audit = auditIgd(services);
  let turn = audit.next();
  for (let asked = 0; turn.done !== true; asked += 1) {
    if (asked > REQUESTS) throw new Error(`asks more than ${REQUESTS} times`);
    const answer = answers[asked];
    turn = audit.next(answer === undefined ? undefined : readSoap(answer));
  }
  return [services, turn.value];
}

const SERVICES = ['WANIPConnection:2', 'WANIPv6FirewallControl:1'].map(
  (name) =>
    `<service><serviceType>urn:schemas-upnp-org:service:${name}</serviceType><controlURL>/ctl/${name}</controlURL></service>`,
);
const GATEWAY = `<root xmlns="urn:schemas-upnp-org:device-1-0"><device><serviceList>${SERVICES.join('')}</serviceList></device></root>`;

function answerTo(action: string, values: string): string {
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:${action}Response xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:2">${values}</u:${action}Response></s:Body></s:Envelope>`;
}

const MAPPING =
  '<NewRemoteHost></NewRemoteHost><NewExternalPort>8080</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalPort>80</NewInternalPort><NewInternalClient>192.0.2.7</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>cam</NewPortMappingDescription><NewLeaseDuration>0</NewLeaseDuration>';
const ANSWERS = [
  answerTo('GetExternalIPAddress', '<NewExternalIPAddress>203.0.113.7</NewExternalIPAddress>'),
  answerTo('GetListOfPortMappings', `<NewPortListing>${MAPPING}</NewPortListing>`),
  answerTo('GetGenericPortMappingEntry', MAPPING),
  answerTo('GetGenericPortMappingEntry', MAPPING.replace('8080', '8081')),
];
