import { untrusted } from '../../base/untrusted.ts';
import type { Certainty } from '../../model/core.ts';
import type { Fact } from '../../model/evidence.ts';
import type { Field } from '../../model/flow.ts';
import { cloudVendor } from '../shared/cloud-names.ts';
import { attribute, detail } from '../shared/facts.ts';
import { mappingOf } from './port-mapping.ts';

/** Protocols with values that say something of a device; TLS only by its server name. */
export const TELLING: ReadonlySet<string> = new Set([
  ...['dhcp', 'lldp', 'cdp', 'http', 'websocket', 'rtsp', 'sip', 'ssdp', 'nat-pmp', 'pcp'],
]);

/** What a named value says of a device that took part. */
export interface DeviceFact {
  /** Who asked or answered; or whoever has the MAC that is named beside it (DHCP: its client). */
  readonly of: 'client' | 'server' | { readonly mac: string };
  readonly certainty: Certainty;
  readonly fact: Fact;
}

/**
 * What the values of one message, or of one stream, say of devices. Services describe themselves in
 * the facts of recognition; here it is those that use them, and those that ask for an address.
 */
export function deviceFacts(fields: readonly Field[]): readonly DeviceFact[] {
  const mac = fields.find(({ name }) => name === 'dhcp.mac')?.value;
  const found: DeviceFact[] = [];
  for (const field of fields) {
    const { name, value } = field;
    const mapping = mappingOf(field);
    const said = mapping === undefined ? factOf(name, value) : likely(mapping);
    if (said === undefined) continue;
    if (!name.startsWith('dhcp.')) found.push({ of: sideOf(name), ...said });
    else if (mac !== undefined) found.push({ of: { mac }, ...said });
  }
  return found;
}

type Said = Omit<DeviceFact, 'of'>;

function sideOf(name: string): 'client' | 'server' {
  return name.startsWith('tls.server_') ? 'server' : 'client';
}

function factOf(name: string, value: string): Said | undefined {
  switch (name) {
    case 'dhcp.hostname':
    case 'lldp.system_name':
    case 'cdp.device_id':
      return likely(attribute('name', value));
    case 'dhcp.client_id':
      return likely({ kind: 'identifier', scheme: 'dhcp', value: untrusted(value) });
    case 'dhcp.vendor_class':
      return likely(detail('dhcp-vendor-class', value));
    case 'dhcp.params':
      return likely(detail('dhcp-parameters', value));
    case 'dhcp.mud_url':
      return likely(detail('mud-url', value));
    case 'tls.client_mud_url':
    case 'tls.server_mud_url':
      return likely(detail('certificate-mud-url', value));
    case 'tls.client_mud_signer':
    case 'tls.server_mud_signer':
      return likely(detail('certificate-mud-signer', value));
    case 'lldp.system_description':
    case 'cdp.software':
      return likely(detail('system-description', value));
    case 'cdp.platform':
      return likely(attribute('model', value));
    case 'http.user_agent':
    case 'rtsp.user_agent':
    case 'sip.user_agent':
    case 'ssdp.user_agent':
      return likely(detail('user-agent', value));
    case 'tls.sni':
      return called(value);
    default:
      return undefined;
  }
}

function likely(fact: Fact): Said {
  return { certainty: 'likely', fact };
}

function called(hostName: string): Said | undefined {
  const vendor = cloudVendor(hostName);
  return vendor === undefined
    ? undefined
    : { certainty: 'hint', fact: attribute('vendor', vendor) };
}
