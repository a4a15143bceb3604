import { describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import type { Fact } from '../../src/model/evidence.ts';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { ssdp } from '../../src/protocols/ssdp.ts';
import { bytes } from './fixtures.ts';
import { hex } from './hex.ts';
import { converse, peer } from './play.ts';

const SENDER = { address: '192.0.2.1', port: 1900 };
const UUID = '73616d61-6a6b-7a74-650a-0d24d4a5d636';
const SERVER = 'OpenWRT/OpenWrt UPnP/1.1 MiniUPnPd/2.2.1';
const IDENTITY: Fact = { kind: 'identifier', scheme: 'uuid', value: untrusted(UUID) };

describe('ssdp.search', () => {
  test('asks everything, and by name what answers to its own name alone', () => {
    const questions = ssdp.search.questions().map((one) => Buffer.from(one).toString('latin1'));
    expect(questions[0]?.split('\r\n')).toEqual([
      'M-SEARCH * HTTP/1.1',
      'HOST: 239.255.255.250:1900',
      'MAN: "ssdp:discover"',
      'MX: 2',
      'ST: ssdp:all',
      'USER-AGENT: portolan UPnP/2.0 portolan/1',
      '',
      '',
    ]);
    expect(questions.every((one) => ssdp.recognise(asked(one)).kind === 'yes')).toBe(true);
  });

  test('an answer tells who it is and where it is described', () => {
    expect(read(found('http://192.0.2.1:5000/rootDesc.xml'))).toEqual([
      {
        address: '192.0.2.1',
        facts: [
          IDENTITY,
          { kind: 'advertises', service: untrusted('upnp'), transport: 'tcp', port: 5000 },
        ],
        description: 'http://192.0.2.1:5000/rootDesc.xml',
      },
      {
        address: '192.0.2.1',
        transport: 'udp',
        port: 1900,
        facts: [
          speaks('ssdp', '1.0'),
          detail('server', SERVER),
          detail('st', 'upnp:rootdevice'),
          detail('location', 'http://192.0.2.1:5000/rootDesc.xml'),
        ],
      },
    ]);
  });

  test('so does the announcement of a device that has just come', () => {
    const notify = `NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\nLOCATION: http://192.0.2.1/d.xml\r\nUSN: uuid:${UUID}::upnp:rootdevice\r\n\r\n`;
    expect(read(notify)[0]).toMatchObject({ description: 'http://192.0.2.1/d.xml' });
  });

  test.each([
    ['a device that leaves', 'NOTIFY * HTTP/1.1\r\nNTS: ssdp:byebye\r\nUSN: uuid:1\r\n\r\n'],
    ['a search of somebody else', 'M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n'],
    ['an answer without a name', 'HTTP/1.1 200 OK\r\nST: ssdp:all\r\n\r\n'],
    ['an error', 'HTTP/1.1 404 Not Found\r\nST: a\r\nUSN: uuid:1\r\n\r\n'],
    ['noise', '\u0001\u0002'],
  ])('learns nothing from %s', (_, datagram) => {
    expect(read(datagram)).toEqual([]);
  });

  test.each([
    ['a file', 'file:///etc/passwd'],
    ['another scheme', 'gopher://127.0.0.1:25/x'],
    ['a user', 'http://user@127.0.0.1/'],
    ['a line end', 'http://192.0.2.1/\u000bx'],
    ['a port that is none', 'http://192.0.2.1:70000/'],
    ['an address without end', `http://192.0.2.1/${'a'.repeat(3000)}`],
    ['nothing', ''],
  ])('offers no description where LOCATION is %s', (_, location) => {
    const sightings = read(found(location));
    expect(sightings).toHaveLength(2);
    expect(sightings.every((one) => one.description === undefined)).toBe(true);
  });
});

test('an answer comes from where no question went: its sender speaks first', () => {
  expect(ssdp.recognise(asked(found('http://192.0.2.1/d.xml')))).toMatchObject({
    kind: 'yes',
    certainty: 'likely',
  });
});

describe('ssdp.probe', () => {
  test('all datagrams of the answer count, and nothing ends it but silence', () => {
    const answers = [found('http://192.0.2.7/d.xml'), found('http://192.0.2.7/d.xml', 'upnp:x')];
    const { facts, sent } = converse(ssdp.probe.dialogue(peer(1900, 'udp')), [
      hex(answers.join('')),
    ]);
    const [question = ''] = sent;
    expect(Buffer.from(question, 'hex').toString()).toContain('HOST: 192.0.2.7:1900\r\n');
    expect(Buffer.from(question, 'hex').toString()).not.toContain('MX:');
    expect(facts).toEqual([
      speaks('ssdp', '1.0'),
      detail('server', SERVER),
      detail('st', 'upnp:rootdevice'),
      detail('st', 'upnp:x'),
      detail('location', 'http://192.0.2.7/d.xml'),
      IDENTITY,
      {
        kind: 'amplification',
        sent: question.length / 2,
        received: answers.join('').length,
      },
    ]);
    const turn = ssdp.probe.dialogue(peer(1900, 'udp')).next();
    expect(turn.done === false && turn.value.complete(bytes(hex(answers.join(''))))).toBe(false);
  });
});

function found(location: string, target = 'upnp:rootdevice'): string {
  return `HTTP/1.1 200 OK\r\nST: ${target}\r\nUSN: uuid:${UUID}::${target}\r\nSERVER: ${SERVER}\r\nLOCATION: ${location}\r\n\r\n`;
}

function read(datagram: string): ReturnType<typeof ssdp.search.read> {
  return ssdp.search.read(bytes(hex(datagram)), SENDER);
}

function asked(text: string): { client: Uint8Array; server: Uint8Array } {
  return { client: bytes(hex(text)), server: new Uint8Array(0) };
}
