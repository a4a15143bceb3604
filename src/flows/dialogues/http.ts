import { addressOf, portOf, transportOf } from '../../protocols/shared/port-mapping.ts';
import { readSoap } from '../../protocols/shared/soap.ts';
import type { Dialogue, DialogueContext, DialogueKind, Side, Tell } from './dialogue.ts';
import { tellLogin } from './login.ts';
import { latin1, startsWith } from './text.ts';

/** RFC 9110 §9, RFC 7826 §13, and GENA of UPnP Device Architecture 2.0 §4. */
const METHODS = [
  ...['GET ', 'POST ', 'PUT ', 'HEAD ', 'PATCH ', 'DELETE ', 'OPTIONS '],
  ...['DESCRIBE ', 'SETUP ', 'PLAY ', 'SUBSCRIBE ', 'NOTIFY '],
];
/** Names of fields of forms that hold a secret. */
const SECRET = /(?:^|[&?"\s])(?:password|passwd|passwort|pwd|pass|psk)"?\s?[=:]\s?"?[^&"\s]/i;
const FORM = /\r\ncontent-type:[ \t]{0,8}(?:application\/x-www-form-urlencoded|application\/json)/i;
const MAPPING = '#AddPortMapping';
const MAPPING_ANY = '#AddAnyPortMapping';

export const http: DialogueKind = {
  id: 'http',
  begins: (bytes, side) =>
    side === 'client' ? isRequest(bytes) : startsWith(bytes, 'HTTP/1.') || isRtsp(bytes),
  start: (tell) => new Http(tell),
};

function isRequest(bytes: Uint8Array): boolean {
  return METHODS.some((method) => startsWith(bytes, method));
}

function isRtsp(bytes: Uint8Array): boolean {
  return startsWith(bytes, 'RTSP/1.') || startsWith(bytes, 'RTSP/2.');
}

/** What a request brought, until its answer. */
interface Asked {
  readonly protocol: 'http' | 'rtsp';
  /** Its credentials can be read. */
  readonly clear: boolean;
}

/** HTTP and RTSP: logins by header, form and address; ports that a router is asked to open. */
class Http implements Dialogue {
  readonly #tell: Tell;
  #asked: Asked | undefined;
  /** What a body that is still to come may hold. */
  #awaits: 'form' | 'mapping' | undefined;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  ignores(side: Side): boolean {
    return side === 'server' && this.#asked === undefined;
  }

  said(side: Side, bytes: Uint8Array, context: DialogueContext): boolean {
    if (side === 'server') this.#answer(bytes, context);
    else if (isRequest(bytes)) this.#request(latin1(bytes), bytes, context);
    else if (this.#awaits !== undefined) this.#body(bytes, context);
    return true;
  }

  #request(text: string, bytes: Uint8Array, context: DialogueContext): void {
    const end = text.indexOf('\r\n\r\n');
    const head = end < 0 ? text : text.slice(0, end + 2);
    const line = head.slice(0, head.indexOf('\r\n'));
    const protocol = line.includes(' RTSP/') ? 'rtsp' : 'http';
    const way = /\r\nauthorization:[ \t]{0,8}(\w{1,16})/i.exec(head)?.[1]?.toLowerCase();
    const hasSecret = way === 'basic' || SECRET.test(line);
    this.#asked = way === undefined && !hasSecret ? undefined : { protocol, clear: hasSecret };
    if (hasSecret) tellLogin(this.#tell, context, { protocol, outcome: 'tried', clear: true });
    this.#awaits = awaited(head);
    if (this.#awaits !== undefined && end >= 0) this.#body(bytes.subarray(end + 4), context);
  }

  #body(bytes: Uint8Array, context: DialogueContext): void {
    if (bytes.length === 0) return;
    const awaits = this.#awaits;
    this.#awaits = undefined;
    if (awaits === 'mapping') this.#mapping(bytes, context);
    else if (SECRET.test(latin1(bytes))) {
      this.#asked = { protocol: 'http', clear: true };
      tellLogin(this.#tell, context, { protocol: 'http', outcome: 'tried', clear: true });
    }
  }

  #answer(bytes: Uint8Array, context: DialogueContext): void {
    const asked = this.#asked;
    if (asked === undefined || !(startsWith(bytes, 'HTTP/') || isRtsp(bytes))) return;
    const status = Number(latin1(bytes.subarray(9, 12)));
    if (status < 200) return;
    this.#asked = undefined;
    const isRefused = status === 401 || status === 403;
    const { protocol, clear } = asked;
    tellLogin(this.#tell, context, {
      protocol,
      outcome: isRefused ? 'refused' : 'accepted',
      clear,
    });
  }

  /** UPnP WANIPConnection:2 §2.5.16; the wording of :1 is the same. */
  #mapping(bytes: Uint8Array, { at, frame, client, server }: DialogueContext): void {
    const values = readSoap(bytes)?.values;
    if (values === undefined) return;
    const outsidePort = portOf(values.get('NewExternalPort'));
    const insidePort = portOf(values.get('NewInternalPort'));
    if (outsidePort === undefined || insidePort === undefined) return;
    this.#tell({
      kind: 'mapping',
      at,
      ...(frame === undefined ? {} : { frame }),
      client,
      router: server,
      via: 'upnp-igd',
      transport: transportOf(values.get('NewProtocol') ?? '') ?? 'tcp',
      outsidePort,
      insideAddress: addressOf(values.get('NewInternalClient')) ?? client.address,
      insidePort,
    });
  }
}

function awaited(head: string): 'form' | 'mapping' | undefined {
  if (!head.startsWith('POST ')) return undefined;
  const action = /\r\nsoapaction:[ \t]{0,8}([^\r\n]{1,256})/i.exec(head)?.[1] ?? '';
  if (action.includes(MAPPING) || action.includes(MAPPING_ANY)) return 'mapping';
  return FORM.test(head) ? 'form' : undefined;
}
