import type { LabHost } from '../device.ts';
import type { Answer, Talk } from '../serve.ts';
import { close, MORE, replyAndEnd } from '../serve.ts';
import type { Site } from './http.ts';
import { website } from './http.ts';

/** One port mapping of the simulated router. */
export interface LabMapping {
  readonly protocol: 'TCP' | 'UDP';
  readonly outsidePort: number;
  readonly inside: string;
  readonly insidePort: number;
  readonly description: string;
  /** Seconds. */
  readonly lease: number;
  /** The list of all does not show it: real routers differ so (miniupnp, issue 462). */
  readonly isHidden?: boolean;
}

export interface LabGateway {
  readonly outside: string;
  readonly mappings: readonly LabMapping[];
}

export const WAN_CONNECTION = 'urn:schemas-upnp-org:service:WANIPConnection:2';
export const FIREWALL = 'urn:schemas-upnp-org:service:WANIPv6FirewallControl:1';
/** Paths of the control URLs, by service. */
export const CONTROL_PATHS: Readonly<Record<string, string>> = {
  [WAN_CONNECTION]: '/ctl/IPConn',
  [FIREWALL]: '/ctl/IP6FCtl',
};

/** Devices within the root device (InternetGatewayDevice:2 §2.2), with the two services that are asked. */
export const GATEWAY_DEVICES = `<deviceList><device><deviceType>urn:schemas-upnp-org:device:WANDevice:2</deviceType><friendlyName>WANDevice</friendlyName>
<deviceList><device><deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:2</deviceType><friendlyName>WANConnectionDevice</friendlyName>
<serviceList>${[WAN_CONNECTION, FIREWALL].map(service).join('')}</serviceList></device></deviceList></device></deviceList>`;

function service(type: string): string {
  const name = type.split(':')[3] ?? '';
  return `<service><serviceType>${type}</serviceType><serviceId>urn:upnp-org:serviceId:${name}1</serviceId><SCPDURL>/${name}.xml</SCPDURL><controlURL>${CONTROL_PATHS[type] ?? ''}</controlURL><eventSubURL>/evt/${name}</eventSubURL></service>`;
}

const MAX_CALL = 8192;
const CALL =
  /^<\?xml version="1\.0"\?>\r\n<s:Envelope xmlns:s="http:\/\/schemas\.xmlsoap\.org\/soap\/envelope\/" s:encodingStyle="http:\/\/schemas\.xmlsoap\.org\/soap\/encoding\/"><s:Body><u:(\w{1,40}) xmlns:u="([\w:-]{1,80})">((?:<\w{1,40}>[^<]{0,80}<\/\w{1,40}>)*)<\/u:\1><\/s:Body><\/s:Envelope>\r\n$/;
/** What would change something. */
const WRITES = /^(Add|Delete|Set|Update|Request|Force)/;

/** The web server of a router: pages as they are, and a strict SOAP endpoint for what is only read. */
export function gateway(host: LabHost, port: number, site: Site, state: LabGateway): () => Talk {
  const pages = website(host, port, site);
  return () => {
    const talk = pages();
    return {
      hear: (received) =>
        received.toString('latin1', 0, 5) === 'POST '
          ? called(host, port, state, received)
          : talk.hear(received),
    };
  };
}

function called(host: LabHost, port: number, state: LabGateway, received: Buffer): Answer {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return received.length > MAX_CALL ? close('too long a head') : MORE;
  const head = received.toString('latin1', 0, end + 2);
  const path = /^POST (\/[!-~]{1,100}) HTTP\/1\.1\r\n/.exec(head)?.[1];
  const length = Number(/\r\ncontent-length: (\d{1,4})\r\n/i.exec(head)?.[1] ?? Number.NaN);
  const header = /\r\nsoapaction: "([\w:-]{1,80})#(\w{1,40})"\r\n/i.exec(head);
  if (Number.isNaN(length)) return close('no length');
  const used = end + 4 + length;
  if (received.length < used) return MORE;
  const call = CALL.exec(received.toString('utf8', end + 4, used));
  const [, action = '', type = '', args = ''] = call ?? [];
  if (WRITES.test(action)) host.log({ event: 'write', port, detail: action });
  const isNamed = header?.[1] === type && header[2] === action && CONTROL_PATHS[type] === path;
  if (call === null || !isNamed) return answer(used, fault(401, 'Invalid Action'));
  return answer(used, result(state, type, action, valuesOf(args)));
}

type Values = readonly (readonly [name: string, value: string])[];

function valuesOf(args: string): Values {
  return [...args.matchAll(/<(\w+)>([^<]*)<\/\w+>/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
}

interface Reply {
  readonly status: string;
  readonly body: string;
}

function result(state: LabGateway, type: string, action: string, values: Values): Reply {
  const names = values.map(([name]) => name).join(' ');
  switch (`${type.split(':')[3]} ${action} ${names}`.trim()) {
    case 'WANIPConnection GetExternalIPAddress':
      return done(type, action, `<NewExternalIPAddress>${state.outside}</NewExternalIPAddress>`);
    case 'WANIPConnection GetGenericPortMappingEntry NewPortMappingIndex':
      return entryAt(state, type, action, values[0]?.[1] ?? '');
    case 'WANIPConnection GetListOfPortMappings NewStartPort NewEndPort NewProtocol NewManage NewNumberOfPorts':
      return list(state, type, action, values);
    case 'WANIPv6FirewallControl GetFirewallStatus':
      return done(
        type,
        action,
        '<FirewallEnabled>1</FirewallEnabled><InboundPinholeAllowed>1</InboundPinholeAllowed>',
      );
    default:
      return /^Get(ExternalIPAddress|GenericPortMappingEntry|ListOfPortMappings|FirewallStatus)$/.test(
        action,
      )
        ? fault(402, 'Invalid Args')
        : fault(401, 'Invalid Action');
  }
}

function entryAt({ mappings }: LabGateway, type: string, action: string, index: string): Reply {
  if (!/^\d{1,5}$/.test(index)) return fault(402, 'Invalid Args');
  const found = mappings[Number(index)];
  if (found === undefined) return fault(713, 'SpecifiedArrayIndexInvalid');
  const { outsidePort, protocol, insidePort, inside, description, lease } = found;
  return done(
    type,
    action,
    `<NewRemoteHost></NewRemoteHost><NewExternalPort>${outsidePort}</NewExternalPort><NewProtocol>${protocol}</NewProtocol><NewInternalPort>${insidePort}</NewInternalPort><NewInternalClient>${inside}</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>${description}</NewPortMappingDescription><NewLeaseDuration>${lease}</NewLeaseDuration>`,
  );
}

function list({ mappings }: LabGateway, type: string, action: string, values: Values): Reply {
  const wanted = values[2]?.[1];
  if (wanted !== 'TCP' && wanted !== 'UDP') return fault(402, 'Invalid Args');
  const shown = mappings.filter(
    ({ protocol, isHidden }) => protocol === wanted && isHidden !== true,
  );
  if (shown.length === 0) return fault(730, 'PortMappingNotFound');
  const entries = shown.map(
    ({ outsidePort, protocol, insidePort, inside, description, lease }) =>
      `<p:PortMappingEntry><p:NewRemoteHost></p:NewRemoteHost><p:NewExternalPort>${outsidePort}</p:NewExternalPort><p:NewProtocol>${protocol}</p:NewProtocol><p:NewInternalPort>${insidePort}</p:NewInternalPort><p:NewInternalClient>${inside}</p:NewInternalClient><p:NewEnabled>1</p:NewEnabled><p:NewDescription>${description}</p:NewDescription><p:NewLeaseTime>${lease}</p:NewLeaseTime></p:PortMappingEntry>`,
  );
  const listing = `<p:PortMappingList xmlns:p="urn:schemas-upnp-org:gw:WANIPConnection">${entries.join('')}</p:PortMappingList>`;
  return done(type, action, `<NewPortListing><![CDATA[${listing}]]></NewPortListing>`);
}

function done(type: string, action: string, inner: string): Reply {
  return {
    status: '200 OK',
    body: `<u:${action}Response xmlns:u="${type}">${inner}</u:${action}Response>`,
  };
}

function fault(code: number, words: string): Reply {
  return {
    status: '500 Internal Server Error',
    body: `<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail><UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>${code}</errorCode><errorDescription>${words}</errorDescription></UPnPError></detail></s:Fault>`,
  };
}

function answer(used: number, { status, body }: Reply): Answer {
  const document = Buffer.from(
    `<?xml version="1.0"?>\r\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>${body}</s:Body></s:Envelope>\r\n`,
  );
  const head = `HTTP/1.1 ${status}\r\nContent-Type: text/xml; charset="utf-8"\r\nContent-Length: ${document.length}\r\nConnection: close\r\n\r\n`;
  return replyAndEnd(used, Buffer.concat([Buffer.from(head), document]));
}
