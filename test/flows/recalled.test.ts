import { expect, test } from 'vitest';
import { z } from 'zod';
import { recalled } from '../../src/detectors/replay.ts';
import { observationSchema } from '../../src/io/capture/observation-schema.ts';
import type { Observation } from '../../src/model/observation.ts';
import { exchanges } from '../protocols/exchanges/mdns.ts';
import { bytes } from '../protocols/fixtures.ts';
import type { Said } from './talk.ts';
import { ACK, play, SYN } from './talk.ts';

/** Of the process that captures: what is not known there is not taken. */
const border = observationSchema(z.never());
const PRINTER = bytes(exchanges[1]?.server ?? '');
const CLIENT = '192.168.1.20:40000';
const PLANT = '192.168.1.9:502';
const MACS = ['02:00:00:00:00:01', '02:00:00:00:00:02'] as const;

test.each<[string, readonly Said[], readonly string[]]>([
  [
    'a printer announces by mDNS, twice',
    [
      { from: '10.9.0.2:5353', to: '224.0.0.251:5353', udp: PRINTER, hops: 255, macs: MACS },
      { from: '10.9.0.2:5353', to: '224.0.0.251:5353', udp: PRINTER, hops: 255, macs: MACS },
    ],
    ['announced 10.9.0.2 02:00:00:00:00:01 tcp/631 _ipp._tcp'],
  ],
  [
    'the same datagram from an address that it does not name is nobody’s word of himself',
    [{ from: '10.9.0.7:5353', to: '224.0.0.251:5353', udp: PRINTER, hops: 255, macs: MACS }],
    [],
  ],
  [
    'a speaker announces by SSDP where its description is',
    [
      {
        from: '192.168.1.9:1900',
        to: '239.255.255.250:1900',
        udp: [
          'NOTIFY * HTTP/1.1',
          'HOST: 239.255.255.250:1900',
          'LOCATION: http://192.168.1.9:1400/xml/device_description.xml',
          'NT: upnp:rootdevice',
          'NTS: ssdp:alive',
          'USN: uuid:RINCON_1::upnp:rootdevice',
          '\r\n',
        ].join('\r\n'),
        macs: MACS,
      },
    ],
    ['announced 192.168.1.9 02:00:00:00:00:01 tcp/1400 upnp'],
  ],
  [
    'a coil is written again and again, and one is read',
    [
      { from: CLIENT, to: PLANT, flags: SYN, sequence: 0, tcp: '' },
      { from: PLANT, to: CLIENT, flags: SYN | ACK, sequence: 0, acknowledgement: 1, tcp: '' },
      ...['\x05\0\x03\xff\0', '\x01\0\0\0\x01', '\x05\0\x03\0\0'].map((pdu, index) => ({
        ...{ from: CLIENT, to: PLANT, flags: ACK, sequence: 1 + index * 12, acknowledgement: 1 },
        tcp: Uint8Array.from(`\0\x01\0\0\0\x06\x01${pdu}`, (one) => one.charCodeAt(0)),
      })),
    ],
    ['operation write 192.168.1.20 192.168.1.9:502'],
  ],
])('what was seen is known from the evidence: %s', (_, said, expected) => {
  const seen: Observation[] = [];
  const { evidence } = play(said, { onObservation: (one) => seen.push(one) });
  for (const one of seen.filter(({ kind }) => kind !== 'closed')) {
    expect(border.parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
  }
  const again = evidence.flatMap((one) => recalled({ id: 1, ...one }) ?? []);
  expect([...new Set(seen.flatMap(wordsOf))]).toEqual(expected);
  expect(again.flatMap(wordsOf)).toEqual(expected);
});

function wordsOf(one: Observation): readonly string[] {
  if (one.kind === 'announced') {
    const { device, transport, port, service } = one;
    return [`announced ${device.address} ${device.mac} ${transport}/${port} ${service}`];
  }
  if (one.kind !== 'operation' || one.effect === 'read') return [];
  return [`operation ${one.effect} ${one.client.address} ${one.server.address}:${one.server.port}`];
}
