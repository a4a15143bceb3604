import { closeSync, openSync, statSync, writeSync } from 'node:fs';

/*
 * Makes a capture of a busy network of devices: the same one for the same number of packets, on
 * every machine. Addresses are private ones and those of RFC 2544 (198.18.0.0/15) and RFC 3849.
 */

const CHUNK = 1 << 20;
const HEAD = 16;
const ETHERNET = 14;
/** Flows that are alive at the same time; one that ends gives its place to a new one. */
const ALIVE = 4096;
/** Packets of one flow on average, from which the number of flows follows. */
const PACKETS_PER_FLOW = 29;
const DEVICES = 500;

/** xorshift32: the same numbers everywhere. */
class Dice {
  #state = 0x9e3779b9;

  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % limit;
  }
}

interface Kind {
  readonly share: number;
  readonly protocol: 6 | 17;
  readonly port: number;
  readonly question: Uint8Array;
  readonly answer: Uint8Array;
  /** Octets of payload of what follows; 0 where question and answer repeat. */
  readonly bulk: number;
}

/** What devices say, with shares as in a home and a small plant. */
const KINDS: readonly Kind[] = [
  kind(18, 6, 1883, mqttConnect(), hex('20020000'), 120),
  kind(14, 6, 443, clientHello(), serverHello(), 1300),
  kind(10, 6, 80, text('GET /status HTTP/1.1\r\nHost: hub\r\n\r\n'), httpAnswer(), 1300),
  kind(10, 6, 502, hex('000100000006010300000002'), hex('00010000000701030400010002'), 0),
  kind(6, 6, 554, text('OPTIONS rtsp://cam RTSP/1.0\r\nCSeq: 1\r\n\r\n'), rtspAnswer(), 1400),
  kind(20, 17, 53, dnsQuestion(), dnsAnswer(), 0),
  kind(12, 17, 5683, hex('40010001b474656d70'), hex('60450001ff32302e35'), 0),
  kind(6, 17, 123, ntp(0x23, 0), ntp(0x24, 2), 0),
  kind(4, 17, 6000, filled(600, 0x80), filled(40, 0x81), 900),
];

/** Each kind as often as its share. */
const BY_SHARE = KINDS.flatMap((one) => Array.from({ length: one.share }, () => one));

/** One conversation while it lasts. */
class Talk {
  kind: Kind = KINDS[0] ?? kind(1, 17, 9, text(''), text(''), 0);
  device = 0;
  peer = 0;
  port = 0;
  isIpv6 = false;
  vlan = -1;
  step = 0;
  left = 0;
  sequence = 0;
  acknowledgement = 0;
}

/** Writes the file (pcap, microseconds, Ethernet) and gives back its size in octets. */
export function makeCapture(file: string, packets: number, devices: number = DEVICES): number {
  const maker = new Maker(file);
  const talks = Array.from({ length: ALIVE }, () => new Talk());
  const dice = new Dice();
  for (let count = 0; count < packets; count += 1) {
    const talk = talks[dice.below(ALIVE)];
    if (talk === undefined) continue;
    if (talk.left === 0) begin(talk, dice, devices);
    maker.packet(talk, count);
    talk.step += 1;
    talk.left -= 1;
  }
  maker.close();
  return statSync(file).size;
}

function begin(talk: Talk, dice: Dice, devices: number): void {
  talk.kind = BY_SHARE[dice.below(BY_SHARE.length)] ?? talk.kind;
  talk.device = dice.below(devices);
  talk.peer = dice.below(2000);
  talk.port = 1024 + dice.below(64_000);
  talk.isIpv6 = dice.below(10) === 0;
  talk.vlan = dice.below(8) === 0 ? 10 + dice.below(4) : -1;
  talk.step = 0;
  talk.left = 2 + dice.below(2 * (PACKETS_PER_FLOW - 2));
  talk.sequence = dice.below(0x7fffffff);
  talk.acknowledgement = dice.below(0x7fffffff);
}

class Maker {
  readonly #fd: number;
  readonly #bytes = new Uint8Array(CHUNK);
  readonly #view = new DataView(this.#bytes.buffer);
  #at = 0;

  constructor(file: string) {
    this.#fd = openSync(file, 'w');
    this.#bytes.set(hex('d4c3b2a102000400000000000000000000000400'));
    this.#view.setUint32(20, 1, true);
    this.#at = 24;
  }

  packet(talk: Talk, count: number): void {
    if (this.#at > CHUNK - 4096) this.#flush();
    const record = this.#at;
    this.#at += HEAD;
    const fromDevice = talk.step % 2 === 0;
    this.#link(talk, fromDevice);
    const ip = this.#at;
    this.#at += talk.isIpv6 ? 40 : 20;
    const transport = this.#at;
    if (talk.kind.protocol === 6) this.#tcp(talk, fromDevice);
    else this.#udp(talk, fromDevice);
    this.#ip(talk, fromDevice, ip, transport);
    this.#record(record, count);
  }

  close(): void {
    this.#flush();
    closeSync(this.#fd);
  }

  #record(record: number, count: number): void {
    const length = this.#at - record - HEAD;
    this.#view.setUint32(record, 1_795_600_000 + Math.floor(count / 20_000), true);
    this.#view.setUint32(record + 4, (count % 20_000) * 50, true);
    this.#view.setUint32(record + 8, length, true);
    this.#view.setUint32(record + 12, length, true);
  }

  #link(talk: Talk, fromDevice: boolean): void {
    const at = this.#at;
    const [device, peer] = fromDevice ? [at + 6, at] : [at, at + 6];
    this.#view.setUint16(device, 0x0200);
    this.#view.setUint32(device + 2, talk.device);
    this.#view.setUint16(peer, 0x0200);
    this.#view.setUint32(peer + 2, 0xffff0000);
    this.#at += ETHERNET;
    if (talk.vlan >= 0) {
      this.#view.setUint16(at + 12, 0x8100);
      this.#view.setUint16(at + 14, talk.vlan);
      this.#at += 4;
    }
    this.#view.setUint16(this.#at - 2, talk.isIpv6 ? 0x86dd : 0x0800);
  }

  #ip(talk: Talk, fromDevice: boolean, ip: number, transport: number): void {
    const view = this.#view;
    const [device, peer] = fromDevice ? [0, 1] : [1, 0];
    if (talk.isIpv6) {
      this.#bytes.fill(0, ip, ip + 40);
      view.setUint32(ip, 0x60000000);
      view.setUint16(ip + 4, this.#at - transport);
      view.setUint16(ip + 6, talk.kind.protocol * 256 + 64);
      view.setUint32(ip + 8 + 16 * device, 0xfd000000);
      view.setUint32(ip + 20 + 16 * device, talk.device + 1);
      view.setUint32(ip + 8 + 16 * peer, 0x20010db8);
      view.setUint32(ip + 20 + 16 * peer, talk.peer + 1);
      return;
    }
    view.setUint16(ip, 0x4500);
    view.setUint16(ip + 2, this.#at - ip);
    view.setUint32(ip + 4, 0x00004000);
    view.setUint16(ip + 8, 0x4000 + talk.kind.protocol);
    view.setUint16(ip + 10, 0);
    view.setUint32(ip + 12 + 4 * device, 0x0a000000 + talk.device + 1);
    view.setUint32(ip + 12 + 4 * peer, 0xc6120000 + talk.peer + 1);
  }

  #ports(talk: Talk, fromDevice: boolean): void {
    this.#view.setUint16(this.#at, fromDevice ? talk.port : talk.kind.port);
    this.#view.setUint16(this.#at + 2, fromDevice ? talk.kind.port : talk.port);
  }

  /** SYN, SYN and ACK, then question and answer, then what there is in bulk. */
  #tcp(talk: Talk, fromDevice: boolean): void {
    const at = this.#at;
    const view = this.#view;
    const flags = talk.step === 0 ? 0x02 : talk.step === 1 ? 0x12 : 0x18;
    this.#ports(talk, fromDevice);
    view.setUint32(at + 4, fromDevice ? talk.sequence : talk.acknowledgement);
    view.setUint32(at + 8, talk.step === 0 ? 0 : fromDevice ? talk.acknowledgement : talk.sequence);
    view.setUint16(at + 12, 0x5000 + flags);
    view.setUint32(at + 14, 0xfaf00000);
    view.setUint16(at + 18, 0);
    this.#at += 20;
    const before = this.#at;
    if (talk.step > 1) this.#payload(talk, talk.step - 2);
    const sent = talk.step < 2 ? 1 : this.#at - before;
    if (fromDevice) talk.sequence += sent;
    else talk.acknowledgement += sent;
  }

  #udp(talk: Talk, fromDevice: boolean): void {
    const at = this.#at;
    this.#ports(talk, fromDevice);
    this.#at += 8;
    this.#payload(talk, talk.step);
    this.#view.setUint16(at + 4, this.#at - at);
    this.#view.setUint16(at + 6, 0);
  }

  #payload({ kind: { question, answer, bulk } }: Talk, turn: number): void {
    if (turn > 1 && bulk > 0) {
      this.#at += turn % 2 === 0 ? 0 : bulk;
      return;
    }
    const said = turn % 2 === 0 ? question : answer;
    this.#bytes.set(said, this.#at);
    this.#at += said.length;
  }

  #flush(): void {
    writeSync(this.#fd, this.#bytes, 0, this.#at);
    this.#at = 0;
  }
}

function kind(
  share: number,
  protocol: 6 | 17,
  port: number,
  question: Uint8Array,
  answer: Uint8Array,
  bulk: number,
): Kind {
  return { share, protocol, port, question, answer, bulk };
}

function text(words: string): Uint8Array {
  return Buffer.from(words, 'latin1');
}

function hex(digits: string): Uint8Array {
  return Buffer.from(digits, 'hex');
}

function filled(length: number, first: number): Uint8Array {
  const result = Buffer.alloc(length, 0x2a);
  result[0] = first;
  return result;
}

function mqttConnect(): Uint8Array {
  return Buffer.concat([hex('101a00044d5154540402003c000e'), text('sensor-kitchen')]);
}

function httpAnswer(): Uint8Array {
  return text('HTTP/1.1 200 OK\r\nServer: lighttpd/1.4.59\r\nContent-Type: text/html\r\n\r\n');
}

function rtspAnswer(): Uint8Array {
  return text('RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n');
}

function dnsQuestion(): Uint8Array {
  return Buffer.concat([hex('123401000001000000000000'), dnsName(), hex('00010001')]);
}

function dnsAnswer(): Uint8Array {
  const record = hex('c00c000100010000003c0004c6336401');
  return Buffer.concat([hex('123481800001000100000000'), dnsName(), hex('00010001'), record]);
}

function dnsName(): Uint8Array {
  return text('\x05cloud\x07example\x03com\x00');
}

/** TLS 1.2 with a server name (RFC 8446 §4.1.2, RFC 6066 §3). */
/** RFC 5905 §7.3: version 4, the client's transmit time repeated as origin. */
function ntp(first: number, stratum: number): Uint8Array {
  const header = Uint8Array.of(first, stratum, 6, 0xec, 0, 0, 0, 0, 0, 0, 0, 0);
  return Buffer.concat([header, Buffer.alloc(36, 0x2a)]);
}

/** RFC 5246 §7.4.1.3: TLS 1.2, no session, one of the suites offered. */
function serverHello(): Uint8Array {
  const body = Buffer.concat([hex('0303'), filled(32, 0x22), hex('00c02f00')]);
  return Buffer.concat([hex('16030300'), hex('2a02000026'), body]);
}

function clientHello(): Uint8Array {
  const name = text('cloud.example.com');
  const listed = Buffer.concat([u16(name.length + 3), hex('00'), u16(name.length), name]);
  const extension = Buffer.concat([hex('0000'), u16(listed.length), listed]);
  const body = Buffer.concat([
    ...[hex('0303'), filled(32, 0x11), hex('00'), hex('0004c02fc030'), hex('0100')],
    ...[u16(extension.length), extension],
  ]);
  const handshake = Buffer.concat([hex('0100'), u16(body.length), body]);
  return Buffer.concat([hex('160301'), u16(handshake.length), handshake]);
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}
