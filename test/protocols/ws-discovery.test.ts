import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import { attribute, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { wsDiscovery } from '../../src/protocols/ws-discovery.ts';
import { bytes } from './fixtures.ts';
import { hex } from './hex.ts';
import { converse, peer } from './play.ts';

const SENDER = { address: '192.0.2.7', port: 3702 };
const SPACE = 'http://schemas.xmlsoap.org/ws/2005/04/discovery';
const UUID = '4d454930-0000-1000-8000-bcbac2000001';
const NAMES = `xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="${SPACE}"`;

/** As cameras answer (ONVIF Core Specification §7.3). */
function matches(body: string, action = `${SPACE}/ProbeMatches`): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope ${NAMES}><s:Header><a:Action>${action}</a:Action></s:Header><s:Body><d:ProbeMatches>${body}</d:ProbeMatches></s:Body></s:Envelope>`;
}

const CAMERA = matches(
  `<d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:${UUID}</a:Address></a:EndpointReference><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types><d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/hardware/IPC-122 onvif://www.onvif.org/name/Front%20door</d:Scopes><d:XAddrs>http://192.0.2.7:8899/onvif/device_service http://[fe80::1]/onvif/device_service</d:XAddrs></d:ProbeMatch>`,
);

describe('wsDiscovery.search', () => {
  test('its questions are its own, and differ', () => {
    const questions = wsDiscovery.search.questions(peer(3702).nonce);
    const verdicts = questions.map((client) =>
      wsDiscovery.recognise({ client, server: new Uint8Array(0) }),
    );
    expect(verdicts.map(({ kind }) => kind)).toEqual(['yes', 'yes']);
    const ids = questions.map(
      (one) => /uuid:([0-9a-f-]{36})</.exec(Buffer.from(one).toString())?.[1],
    );
    expect(new Set(ids).size).toBe(2);
    expect(ids[0]).toMatch(/^.{14}4.{4}[89ab]/);
  });

  test('what a camera says', () => {
    expect(wsDiscovery.search.read(bytes(hex(CAMERA)), SENDER)).toEqual([
      {
        address: '192.0.2.7',
        facts: [
          attribute('model', 'IPC-122'),
          attribute('name', 'Front door'),
          attribute('kind', 'camera'),
          { kind: 'identifier', scheme: 'uuid', value: untrusted(UUID) },
          { kind: 'advertises', service: untrusted('onvif'), transport: 'tcp', port: 8899 },
          { kind: 'advertises', service: untrusted('onvif'), transport: 'tcp', port: 80 },
        ],
      },
      {
        address: '192.0.2.7',
        transport: 'udp',
        port: 3702,
        facts: [
          speaks('ws-discovery'),
          detail('type', 'dn:NetworkVideoTransmitter'),
          detail('type', 'tds:Device'),
          detail('scope', 'onvif://www.onvif.org/type/video_encoder'),
          detail('scope', 'onvif://www.onvif.org/hardware/IPC-122'),
          detail('scope', 'onvif://www.onvif.org/name/Front%20door'),
          detail('address', 'http://192.0.2.7:8899/onvif/device_service'),
          detail('address', 'http://[fe80::1]/onvif/device_service'),
        ],
      },
    ]);
  });

  test.each([
    ['a search of somebody else', matches('', `${SPACE}/Probe`)],
    ['an answer with nothing in it', matches('')],
    ['entities that grow', `<!DOCTYPE r [<!ENTITY a "&b;&b;">]>${CAMERA}`],
    ['another protocol', 'HTTP/1.1 200 OK\r\n\r\n'],
  ])('learns nothing from %s', (_, datagram) => {
    expect(wsDiscovery.search.read(bytes(hex(datagram)), SENDER)).toEqual([]);
  });

  test('a scope that is not well encoded is shown as it came', () => {
    const odd = CAMERA.replace('Front%20door', '%E0%A4%A');
    const facts = wsDiscovery.search.read(bytes(hex(odd)), SENDER).flatMap((one) => one.facts);
    expect(facts).toContainEqual(attribute('name', '%E0%A4%A'));
  });
});

test('the probe measures what one question costs', () => {
  const { facts, sent } = converse(wsDiscovery.probe.dialogue(peer(3702, 'udp')), [hex(CAMERA)]);
  expect(facts[0]).toEqual(speaks('ws-discovery'));
  expect(facts.at(-1)).toEqual({
    kind: 'amplification',
    sent: (sent[0] ?? '').length / 2,
    received: CAMERA.length,
  });
});

describe('wsDiscovery.recognise', () => {
  test.each([
    ['an envelope that has not come to its action', `<s:Envelope ${NAMES}><s:Header>`, 'more'],
    ['a declaration alone', '<?xml version="1.0"?>', 'more'],
    [
      'an envelope of something else, up to the depth',
      `<s:Envelope ${NAMES}>${' '.repeat(1024)}`,
      'no',
    ],
    ['a stream of XMPP', "<?xml version='1.0'?><stream:stream", 'no'],
    ['a page', '<html>', 'no'],
    ['text', 'hello', 'no'],
  ])('%s', (_, client, kind) => {
    const first = { client: bytes(hex(client)).subarray(0, 1024), server: new Uint8Array(0) };
    expect(wsDiscovery.recognise(first).kind).toBe(kind);
  });
});

test('any damage to an answer gives sightings or none, and no exception', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string({ maxLength: 12 }), (at, text) => {
      const place = at % CAMERA.length;
      const damaged = Buffer.from(CAMERA.slice(0, place) + text + CAMERA.slice(place + 3));
      expect(wsDiscovery.search.read(damaged, SENDER).length).toBeLessThanOrEqual(16);
    }),
    { numRuns: 500 },
  );
});
