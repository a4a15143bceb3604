import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { openLab } from '../../lab/lab.ts';
import { ask, text } from './ask.ts';
import { lacking } from './need.ts';
import { logIn } from './telnet-client.ts';

const why = lacking('mosquitto', 'coap-server-openssl', 'snmpd', 'sshd', 'openssl', 'busybox');

/** OPC 10000-6 §7.1.2.3 with buffers of 64 KiB and no URL. */
const HELLO = `${text('HELF')}200000000000000000000100000001000000000000000000 00000000`.replace(
  ' ',
  '',
);
const POLICY = text('http://opcfoundation.org/UA/SecurityPolicy#None');
/** A request header without token, audit and time-out (OPC 10000-4 §7.33), handle 7. */
const HEADER = `0000${'00'.repeat(8)}0700000000000000ffffffff00000000000000`;
const OPEN = chunk(
  'OPNF',
  `000000002f000000${POLICY}ffffffffffffffff01000000010000000100be01${HEADER}00000000000000000100000000000000 80ee3600`.replace(
    ' ',
    '',
  ),
);
const ENDPOINTS = chunk(
  'MSGF',
  `070000000100000002000000020000000100ac01${HEADER}ffffffff0000000000000000`,
);

const CONNECT = '0300001611e00000000100c1020100c2020101c0010a';
const SET_UP = '0300001902f08032010000000000080000f0000001000101e0';
const szl = (list: string): string =>
  `0300002102f080320700000001000800080001120411440100ff090004${list}0000`;

describe.skipIf(why !== undefined)(`level 1${why === undefined ? '' : ` (${why})`}`, () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await openLab({ level: 1 });
  }, 30_000);
  afterAll(() => lab.stop());

  test('leaves no service out where every server is installed', () => {
    expect(lab.skipped.filter(({ port }) => process.getuid?.() === 0 || port !== 22)).toEqual([]);
  });

  test('real servers answer where simulators could', () => {
    for (const { why: reason } of lab.standIns)
      expect(reason).toMatch(/not installed|not start here/);
    // The build machine has them all.
    if (process.env['CI'] !== undefined) expect(lab.standIns).toEqual([]);
  });

  test('has no way out', async () => {
    const routes = await lab.exec(['ip', 'route', 'show', 'default']);
    expect(routes.stdout).toBe('');
  });

  test.each([
    [
      'the open broker',
      'mosquitto_sub -h 10.77.2.14 -t $SYS/broker/version -C 1 -W 5',
      /mosquitto/,
    ],
    ['the broker on 8500', 'mosquitto_sub -h 10.77.2.18 -p 8500 -t $SYS/# -C 1 -W 5', /./],
    ['libcoap', 'coap-client-openssl -B 3 -m get coap://10.77.2.13/.well-known/core', /ct=0/],
    ['CoAP on 8683', 'coap-client-openssl -B 3 -m get coap://10.77.2.18:8683/sensors/temp', /^19/],
    [
      'CoAP by DTLS with the right key',
      'coap-client-openssl -B 3 -k lab-secret -u any -m get coaps://10.77.2.13/time',
      /:/,
    ],
    ['the printer by SNMP', 'snmpget -v2c -c public 10.77.1.14 1.3.6.1.2.1.1.1.0', /Brother NC/],
    ['the storage by SSH', 'ssh-keyscan -T 3 10.77.1.15', /ssh-ed25519|SSH-2.0/],
    ['the storage by HTTP', 'busybox wget -q -O - http://10.77.1.15/', /DiskStation/],
    ['the bridge by HTTP', 'busybox wget -q -O - http://10.77.2.11/api/config', /BSB002/],
    ['a UPnP description', 'busybox wget -q -O - http://10.77.2.11/description.xml', /Signify/],
    ['the thermostat', 'busybox wget -q -O - http://10.77.2.10:8080/', /ecobee/],
  ])('a real client is answered: %s', async (_, command, answer) => {
    const { stdout, stderr } = await lab.exec(command.split(' '), { timeout: 10_000 });
    expect(stdout + stderr).toMatch(answer);
  });

  test.each([
    [
      'a broker with login refuses without',
      ['mosquitto_sub', '-h', '10.77.2.14', '-p', '1884', '-t', 'x', '-W', '3'],
      /not authori[sz]ed/i,
    ],
    [
      'a broker with login behind TLS',
      ['openssl', 's_client', '-connect', '10.77.2.14:8883'],
      /BEGIN CERTIFICATE/,
    ],
    [
      'the bridge speaks TLS 1.2 or later',
      ['openssl', 's_client', '-connect', '10.77.2.11:443', '-tls1_2'],
      /Protocol {2}: TLSv1.2/,
    ],
    [
      'the camera speaks TLS 1.0',
      [
        'openssl',
        's_client',
        '-connect',
        '10.77.2.12:443',
        '-tls1',
        '-cipher',
        'DEFAULT:@SECLEVEL=0',
      ],
      /Server public key is 1024 bit/,
    ],
    [
      'the camera knows nothing newer',
      ['openssl', 's_client', '-connect', '10.77.2.12:443', '-tls1_2'],
      /unsupported protocol/,
    ],
    [
      'the entertainment port speaks DTLS with its key',
      [
        'openssl',
        's_client',
        '-dtls1_2',
        '-connect',
        '10.77.2.11:2100',
        '-psk',
        '1a2b3c4d5e6f708192a3b4c5d6e7f809',
        '-psk_identity',
        'portolan-lab',
        '-cipher',
        'PSK-AES128-GCM-SHA256',
      ],
      /PSK identity: portolan-lab|DTLSv1.2/,
    ],
  ])('%s', async (_, command, answer) => {
    const { stdout, stderr } = await lab.exec(command, { timeout: 10_000 });
    expect(stdout + stderr).toMatch(answer);
  });

  // Requests written from the standards; the answer's first bytes, in hex.
  test.each([
    ['Modbus identification', '10.77.3.10', 502, '000100000005012b0e0100', /^0001000000..012b0e01/],
    [
      'jsmodbus reads a register',
      '10.77.3.10',
      8502,
      '000100000006010300000001',
      /^000100000005010302/,
    ],
    [
      'the fragile controller, asked well',
      '10.77.3.14',
      502,
      '000100000005012b0e0100',
      /^0001000000..012b0e01/,
    ],
    [
      'S7 on 102: connection confirm',
      '10.77.3.11',
      102,
      '0300001611e00000000100c1020100c2020101c0010a',
      /^0300....11d0/,
    ],
    [
      'S7: set-up and list of modules',
      '10.77.3.11',
      102,
      CONNECT + SET_UP + szl('0011'),
      /32070000000100.*36455337203531312d31414b30322d30414230/,
    ],
    [
      'S7: list of components',
      '10.77.3.11',
      102,
      CONNECT + SET_UP + szl('001c'),
      /504c435f426f696c6572/,
    ],
    [
      'OPC UA: channel and endpoints',
      '10.77.3.11',
      4840,
      HELLO + OPEN + ENDPOINTS,
      /^41434b46.*4f504e46.*4d534746.*6f70632e7463703a2f2f/,
    ],
    [
      'S7 on 8102',
      '10.77.3.12',
      8102,
      '0300001611e00000000100c1020100c2020102c0010a',
      /^0300....11d0/,
    ],
    ['OPC UA: acknowledge', '10.77.3.11', 4840, HELLO, /^41434b46/],
    [
      'AMQP 0-9-1: Connection.Start',
      '10.77.2.15',
      8672,
      text('AMQP\0\0\x09\x01'),
      /^010000........000a000a0009/,
    ],
    ['AMQP 1.0 with SASL', '10.77.2.15', 5672, text('AMQP\x03\x01\0\0'), /^414d515003010000/],
    [
      'Tuya heartbeat',
      '10.77.2.16',
      8765,
      '000055aa00000001000000090000000872e818610000aa55',
      /^000055aa0000000100000009/,
    ],
    [
      'RTSP OPTIONS',
      '10.77.2.12',
      554,
      text('OPTIONS rtsp://10.77.2.12/ RTSP/1.0\r\nCSeq: 1\r\n\r\n'),
      /^525453502f312e30203230302/,
    ],
    ['ESPHome greets', '10.77.2.19', 6053, '000001', /^00..02/],
  ])('%s', async (_, address, port, request, answer) => {
    expect((await ask(lab, 'tcp', [address, port], request)).hex).toMatch(answer);
  });

  test.each([
    ['S7', '10.77.3.11', 102],
    ['OPC UA', '10.77.3.11', 4840],
    ['Modbus', '10.77.3.10', 502],
    ['the custom protocol', '10.77.2.16', 8765],
    ['its twin', '10.77.2.17', 8668],
  ])('%s says nothing to a web client and hangs up', async (_, address, port) => {
    const heard = await ask(lab, 'tcp', [address, port], text('GET / HTTP/1.0\r\n\r\n'));
    expect(heard).toEqual({ hex: '', how: 'closed' });
  });

  test.each([
    ['BACnet Who-Is', '10.77.3.13', 47808, '810b000801001008', /^810a....01001000c4/],
    [
      'BACnet model name',
      '10.77.3.13',
      47808,
      '810a001101040005010c0c02000bb91946',
      /4d532d464543/,
    ],
    [
      'mDNS services',
      '10.77.2.11',
      5353,
      `000100000001000000000000${name('_services._dns-sd._udp.local')}000c0001`,
      /5f687565/,
    ],
    [
      'SSDP',
      '10.77.1.12',
      1900,
      text(
        'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n',
      ),
      /^485454502f312e3120323030/,
    ],
    ['CoAP ping', '10.77.2.18', 8683, '4000abcd', /^7000abcd$/],
  ])('%s', async (_, address, port, request, answer) => {
    expect((await ask(lab, 'udp', [address, port], request)).hex).toMatch(answer);
  });

  test('what is no protocol of theirs is silence over UDP', async () => {
    for (const [address, port] of [
      ['10.77.3.13', 47808],
      ['10.77.2.18', 8683],
      ['10.77.2.11', 5353],
    ] as const) {
      expect(await ask(lab, 'udp', [address, port], 'ffffffffffff')).toEqual({
        hex: '',
        how: 'silent',
      });
    }
  });

  test('a login, a write and a printed byte are seen', async () => {
    expect(await logIn(lab, '10.77.2.12', 'admin')).toMatch(/dvrdvs login: .*Password: /s);
    await ask(lab, 'tcp', ['10.77.3.10', 502], '000100000006010600000001');
    await ask(lab, 'tcp', ['10.77.1.14', 9100], text('GET / HTTP/1.0\r\n\r\n'));
    expect(names(lab, 'camera')).toContain('login');
    expect(names(lab, 'meter')).toContain('write');
    expect(names(lab, 'printer')).toContain('printer_bytes');
  });

  test('the touchy device restarts on zero bytes, leaves the network, and says why', async () => {
    await ask(lab, 'tcp', ['10.77.2.19', 80], '0000');
    expect(lab.events('esp').find(({ event }) => event === 'reset')?.detail).toBe('zero bytes');
    const { status } = await lab.exec(['ping', '-c', '1', '-W', '1', '10.77.2.19']);
    expect(status).not.toBe(0);
  });

  test('the fragile controller dies of HTTP and stays dead', async () => {
    await ask(lab, 'tcp', ['10.77.3.14', 502], text('GET / HTTP/1.0\r\n\r\n'));
    expect(names(lab, 'fragile-plc')).toContain('plc_died');
    const heard = await ask(lab, 'tcp', ['10.77.3.14', 502], '000100000005012b0e0100');
    expect(heard).toEqual({ hex: '', how: 'silent' });
  });

  test('the printed line enters it from any other process', async () => {
    const [program = '', ...args] = [...lab.enter, 'ip', '-br', 'addr'];
    const stdout = await new Promise<string>((resolve) => {
      execFile(program, args, (_, out) => resolve(out));
    });
    expect(stdout).toContain('10.77.3.2/24');
  });
});

function names(lab: Lab, device: string): string[] {
  return lab.events(device).map(({ event }) => event);
}

function name(dotted: string): string {
  const labels = dotted.split('.').map((label) => String.fromCharCode(label.length) + label);
  return text(`${labels.join('')}\0`);
}

/** A chunk of OPC UA: its length is that of all of it, and least significant byte first. */
function chunk(type: string, body: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length / 2 + 8);
  return text(type) + length.toString('hex') + body;
}
