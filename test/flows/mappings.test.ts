import { describe, expect, test } from 'vitest';
import { reveal } from '../../src/base/untrusted.ts';
import type { MappingFact } from '../../src/model/evidence.ts';
import type { Said } from './talk.ts';
import { handshake, play } from './talk.ts';

const CAMERA = '192.168.1.20:40001';
const ROUTER = '192.168.1.1:5351';
const CONTROL = '192.168.1.1:5000';
const SERVICE = 'urn:schemas-upnp-org:service:WANIPConnection:1';
const FIREWALL = 'urn:schemas-upnp-org:service:WANIPv6FirewallControl:1';
const ZEROES = '000000000000000000000000';
const CLIENT = '00000000000000000000ffffc0a80114';
const OUTSIDE = '00000000000000000000ffffcb007109';

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

function datagrams(asked: string, answered: string): readonly Said[] {
  return [
    { from: CAMERA, to: ROUTER, udp: bytes(asked) },
    { from: ROUTER, to: CAMERA, udp: bytes(answered) },
  ];
}

function envelope(inner: string): string {
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inner}</s:Body></s:Envelope>`;
}

function posted(service: string, action: string, args: string, answer: string, status = '200 OK') {
  const call = envelope(`<u:${action} xmlns:u="${service}">${args}</u:${action}>`);
  const head = `POST /ctl HTTP/1.1\r\nHost: 192.168.1.1:5000\r\nSOAPAction: "${service}#${action}"\r\nContent-Length: ${call.length}\r\n\r\n`;
  const body = envelope(
    `<u:${action}Response xmlns:u="${service}">${answer}</u:${action}Response>`,
  );
  const reply = `HTTP/1.1 ${status}\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const asked = head + call;
  return [
    ...handshake(CAMERA, CONTROL),
    { from: CAMERA, to: CONTROL, tcp: asked, sequence: 1, acknowledgement: 1 },
    { from: CONTROL, to: CAMERA, tcp: reply, sequence: 1, acknowledgement: 1 + asked.length },
  ];
}

const ADD =
  '<NewRemoteHost></NewRemoteHost><NewExternalPort>8443</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalPort>554</NewInternalPort><NewInternalClient>192.168.1.21</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>IPCam &lt;1&gt;</NewPortMappingDescription><NewLeaseDuration>3600</NewLeaseDuration>';
const PINHOLE =
  '<RemoteHost></RemoteHost><RemotePort>0</RemotePort><InternalClient>2001:db8::20</InternalClient><InternalPort>8554</InternalPort><Protocol>6</Protocol><LeaseTime>3600</LeaseTime>';

function text(subject: string, fact: MappingFact): string {
  const { told, transport, outsidePort, insideAddress, insidePort, via, leaseSeconds } = fact;
  const hole = fact.pinhole === undefined ? '' : ` number ${fact.pinhole}`;
  const lease = leaseSeconds === undefined ? '' : ` for ${leaseSeconds} s`;
  return `${subject} ${told} ${transport}/${outsidePort} to ${insideAddress} ${insidePort} by ${via}${lease} as ${reveal(fact.by)}${hole}`;
}

describe('traffic tells who had a hole made', () => {
  test.each([
    [
      'by NAT-PMP, for itself',
      datagrams('0002 0000 022a 216b 00000e10', '0082 0000 00000008 022a 216b 00000e10'),
      ['192.168.1.20 asked tcp/8555 to  554 by nat-pmp for 3600 s as NAT-PMP'],
    ],
    [
      'by NAT-PMP, taken back',
      datagrams('0002 0000 022a 0000 00000000', '0082 0000 00000008 022a 0000 00000000'),
      ['192.168.1.20 ended tcp/0 to  554 by nat-pmp for 0 s as NAT-PMP'],
    ],
    [
      'by NAT-PMP, refused',
      datagrams('0002 0000 022a 216b 00000e10', '0082 0002 00000008 022a 0000 00000000'),
      [],
    ],
    [
      'by PCP',
      datagrams(
        `0201 0000 00000e10 ${CLIENT} 4e4e4e4e4e4e4e4e4e4e4e4e 06000000 0050 2378 ${OUTSIDE}`,
        `0281 0000 00000e10 00000008 ${ZEROES} 4e4e4e4e4e4e4e4e4e4e4e4e 06000000 0050 2378 ${OUTSIDE}`,
      ),
      ['192.168.1.20 asked tcp/9080 to  80 by pcp for 3600 s as PCP'],
    ],
    [
      'by UPnP, for another device',
      posted(SERVICE, 'AddPortMapping', ADD, ''),
      ['192.168.1.20 asked tcp/8443 to 192.168.1.21 554 by upnp-igd for 3600 s as IPCam <1>'],
    ],
    [
      'by UPnP, refused',
      posted(SERVICE, 'AddPortMapping', ADD, '', '500 Internal Server Error'),
      [],
    ],
    [
      'by UPnP, at another port than was asked for',
      posted(SERVICE, 'AddAnyPortMapping', ADD, '<NewReservedPort>9443</NewReservedPort>'),
      ['192.168.1.20 asked tcp/9443 to 192.168.1.21 554 by upnp-igd for 3600 s as IPCam <1>'],
    ],
    [
      'by UPnP, taken back',
      posted(
        SERVICE,
        'DeletePortMapping',
        '<NewRemoteHost></NewRemoteHost><NewExternalPort>8443</NewExternalPort><NewProtocol>TCP</NewProtocol>',
        '',
      ),
      ['192.168.1.20 ended tcp/8443 to  0 by upnp-igd as UPnP'],
    ],
    [
      'in the IPv6 firewall',
      posted(FIREWALL, 'AddPinhole', PINHOLE, '<UniqueID>7</UniqueID>'),
      ['192.168.1.20 asked tcp/8554 to 2001:db8::20 8554 by pinhole for 3600 s as UPnP number 7'],
    ],
    ['and reading makes none', posted(SERVICE, 'GetExternalIPAddress', '', ''), []],
  ] satisfies [string, readonly Said[], readonly string[]][])('%s', (_, said, expected) => {
    const { evidence } = play(said);
    const told = evidence.flatMap(({ subject, fact }) =>
      fact.kind === 'mapping' ? [text(subject.address, fact)] : [],
    );
    expect(told).toEqual(expected);
  });
});
