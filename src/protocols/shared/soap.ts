import { forXml } from '../../base/encode.ts';
import { ascii } from './bytes.ts';
import { DOCUMENT_CAP, leaves } from './elements.ts';
import { utf8 } from './strings.ts';

/** A call of a UPnP action (UPnP Device Architecture 2.0 §3.2.1). */
export interface SoapRequest {
  /** `urn:schemas-upnp-org:service:WANIPConnection:1`. */
  readonly service: string;
  readonly action: string;
  /** In the order in which the service describes them, which some routers insist on. */
  readonly args: readonly (readonly [name: string, value: string])[];
}

export interface SoapMessage {
  /** Element in the body: `AddPortMapping`, `AddPortMappingResponse`, `Fault`. */
  readonly action: string;
  /** What stands directly in it; empty elements are left out. */
  readonly values: ReadonlyMap<string, string>;
  /** UPnP's error code where it is a fault that has one (§3.2.2). */
  readonly fault: number | undefined;
}

const SOAP = 'http://schemas.xmlsoap.org/soap';

/** The body of the POST. */
export function soapBody({ service, action, args }: SoapRequest): Uint8Array {
  const words = args.map(([name, value]) => `<${name}>${forXml(value)}</${name}>`).join('');
  return ascii(
    `<?xml version="1.0"?>\r\n<s:Envelope xmlns:s="${SOAP}/envelope/" s:encodingStyle="${SOAP}/encoding/">` +
      `<s:Body><u:${action} xmlns:u="${service}">${words}</u:${action}></s:Body></s:Envelope>\r\n`,
  );
}

/** Value of the SOAPACTION header, quotes included. */
export function soapAction({ service, action }: SoapRequest): string {
  return `"${service}#${action}"`;
}

/** A call or an answer, as far as it is well-formed; undefined where nothing of it is. */
export function readSoap(document: Uint8Array): SoapMessage | undefined {
  const body = leaves(utf8(document, DOCUMENT_CAP))
    .map((leaf) => ({ ...leaf, steps: leaf.path.split('/') }))
    .filter(({ steps }) => steps[0] === 'Envelope' && steps[1] === 'Body' && steps.length > 2);
  const action = body[0]?.steps[2];
  if (action === undefined) return undefined;
  const values = new Map<string, string>();
  for (const { steps, name, text } of body) {
    if (steps.length === 4 && steps[2] === action && !values.has(name)) values.set(name, text);
  }
  const code = body.find(({ steps, name }) => steps[2] === 'Fault' && name === 'errorCode')?.text;
  const fault = /^\d{1,5}$/.test(code ?? '') ? Number(code) : undefined;
  return { action, values, fault };
}
