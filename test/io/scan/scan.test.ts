import { createSocket } from 'node:dgram';
import { describe, expect, test } from 'vitest';
import { parseNetwork } from '../../../src/base/address.ts';
import { hasPort } from '../../../src/base/port-set.ts';
import { Checkpoint } from '../../../src/io/scan/checkpoint.ts';
import { Gate } from '../../../src/io/scan/gate.ts';
import type { Known } from '../../../src/io/scan/scan-types.ts';
import { makeScope } from '../../../src/io/scan/scope.ts';
import type { NewEvidence } from '../../../src/model/evidence.ts';
import { FRAGILE, factsOf, peer, run, spoken, UNKNOWN } from './harness.ts';

/** CONNACK, accepted (MQTT 3.1.1 §3.2). */
const CONNACK = Buffer.from('20020000', 'hex');

describe('a port', () => {
  test('that is open, closed or silent is told apart, and what was not asked is in neither', async () => {
    const open = await peer('127.92.0.1', () => {});
    const ran = await run({ target: '127.92.0.1', tcp: [9, 10, open.port] });
    await open.close();
    expect(factsOf(ran, open.port)).toContainEqual({ kind: 'open' });
    expect(sweptOf(ran.evidence)).toEqual([
      { kind: 'swept', transport: 'tcp', closed: '9-10', silent: '' },
    ]);
    expect(ran.record).toMatchObject({ outcome: 'complete', tcpPorts: `9-10,${open.port}` });
  });

  test('is identified on the connection that found it open', async () => {
    const broker = await peer('127.92.0.2', (socket) => {
      socket.on('data', () => socket.write(CONNACK));
    });
    const ran = await run({
      target: '127.92.0.2',
      tcp: [broker.port],
      plan: { pace: 'polite' },
      known: { ...UNKNOWN, robustness: 'robust' },
    });
    await broker.close();
    expect(spoken(ran, broker.port)).toEqual(['mqtt']);
    expect(ran.record.budget.maxParallel).toBe(1);
  });

  test('whose service speaks first is listened to before it is asked', async () => {
    const server = await peer('127.92.0.3', (socket) =>
      socket.write('SSH-2.0-dropbear_2022.83\r\n'),
    );
    const ran = await run({ target: '127.92.0.3', tcp: [server.port] });
    await server.close();
    const signatures = factsOf(ran, server.port).map(({ kind }) => kind);
    expect(signatures).toContain('open');
    expect(server.received.toString('latin1')).not.toContain('GET /');
  });

  test('that sends back whatever it gets is called an echo', async () => {
    const echo = await peer('127.92.0.4', (socket) => socket.pipe(socket));
    const ran = await run({ target: '127.92.0.4', tcp: [echo.port] });
    await echo.close();
    const kinds = factsOf(ran, echo.port).map(({ kind }) => kind);
    expect(kinds).toEqual(['open', 'unrecognised', 'detail']);
    expect(JSON.stringify(factsOf(ran, echo.port))).toContain('"echo"');
  });

  test('that accepts and resets at once is open', async () => {
    const server = await peer('127.92.0.5', (socket) => socket.resetAndDestroy());
    const ran = await run({ target: '127.92.0.5', tcp: [server.port] });
    await server.close();
    expect(factsOf(ran, server.port)).toContainEqual({ kind: 'open' });
    expect(ran.evidence.map(({ fact }) => fact.kind)).not.toContain('distress');
  });

  test('keeps the bytes that prove what is said of it, at most 512 a side', async () => {
    const server = await peer('127.92.0.6', (socket) => socket.write('x'.repeat(5000)));
    const ran = await run({ target: '127.92.0.6', tcp: [server.port] });
    await server.close();
    const proof = ran.evidence.find(({ fact }) => fact.kind === 'unrecognised')?.proof;
    expect(proof?.request).toBe('');
    expect(proof?.response).toBe('78'.repeat(512));
  });
});

describe('an open door', () => {
  test('is claimed with a negative control', async () => {
    const broker = await peer(
      '127.92.0.7',
      (socket) => {
        socket.on('data', (piece) =>
          piece[0] === 0x10 ? socket.write(CONNACK) : socket.destroy(),
        );
      },
      1883,
    );
    const ran = await run({ target: '127.92.0.7', tcp: [1883] });
    await broker.close();
    const claim = ran.evidence.find(({ fact }) => fact.kind === 'access');
    expect(claim).toMatchObject({ certainty: 'proved', fact: { level: 'open' } });
    expect(claim?.proof?.request.startsWith('10')).toBe(true);
    expect(claim?.proof?.response.startsWith('20020000')).toBe(true);
  });
});

describe('UDP', () => {
  test('a refusal is closed, an answer open, silence no statement', async () => {
    const coap = createSocket('udp4');
    coap.on('message', (message, from) => {
      // 2.05 with the same message id and token, and no payload.
      const token = message.subarray(4, 4 + ((message[0] ?? 0) & 15));
      const head = Buffer.from([0x60 | token.length, 0x45, message[2] ?? 0, message[3] ?? 0]);
      coap.send(Buffer.concat([head, token]), from.port, from.address);
    });
    const mute = createSocket('udp4');
    await Promise.all([bound(coap, 5683), bound(mute, 161)]);
    const ran = await run({ target: '127.92.0.8', udp: [161, 5683, 5684], known: UNKNOWN });
    coap.close();
    mute.close();
    expect(factsOf(ran, 5683)).toContainEqual({ kind: 'open' });
    expect(sweptOf(ran.evidence)).toEqual([
      { kind: 'swept', transport: 'udp', closed: '5684', silent: '161' },
    ]);
    expect(ran.record.budget.datagrams).toBeGreaterThan(2);
  });

  function bound(socket: ReturnType<typeof createSocket>, port: number): Promise<void> {
    return new Promise((resolve) => {
      socket.bind(port, '127.92.0.8', () => resolve());
    });
  }
});

describe('no harm', () => {
  test('a printer gets no byte', async () => {
    const raw = await peer('127.92.0.20', () => {}, 9100);
    const lpd = await peer('127.92.0.20', () => {}, 515);
    const ran = await run({
      target: '127.92.0.20',
      tcp: [515, 2001, 9100, 9101],
      known: UNKNOWN,
    });
    await Promise.all([raw.close(), lpd.close()]);
    expect([raw.received.length, lpd.received.length]).toEqual([0, 0]);
    expect(factsOf(ran, 9100)).toEqual([{ kind: 'open' }]);
  });

  test('a controller gets its own protocol alone, and nothing on other ports', async () => {
    const plc = await peer(
      '127.92.0.21',
      (socket) => {
        socket.on('data', (request) => {
          // Illegal function (Modbus Application Protocol 1.1b3 §7).
          socket.write(
            Buffer.concat([request.subarray(0, 4), Buffer.from([0, 3, request[6] ?? 0, 0xab, 1])]),
          );
        });
      },
      502,
    );
    const other = await peer('127.92.0.21', () => {}, 8502);
    const ran = await run({ target: '127.92.0.21', tcp: [502, 8080, 8502], known: UNKNOWN });
    await Promise.all([plc.close(), other.close()]);
    expect(spoken(ran, 502)).toEqual(['modbus']);
    // Every message is Modbus/TCP with function 43 (read device identification).
    expect(plc.received.subarray(2, 4).toString('hex')).toBe('0000');
    expect(plc.received[7]).toBe(0x2b);
    expect(plc.accepted).toBeLessThanOrEqual(2);
    expect(ran.record.budget).toMatchObject({ maxParallel: 1 });
    expect(ran.record.budget.maxPerSecond).toBeLessThanOrEqual(2);
  });

  test('a device that dies is left alone at once, and it is said', async () => {
    // It answers on two ports and dies of the second greeting.
    let accepted = 0;
    const ports = [8081, 8080];
    const peers = await Promise.all(
      ports.map((port) =>
        peer(
          '127.92.0.22',
          (socket) => {
            accepted += 1;
            socket.on('data', () => {
              for (const each of peers) void each.close();
            });
          },
          port,
        ),
      ),
    );
    const ran = await run({ target: '127.92.0.22', tcp: ports, known: UNKNOWN });
    const distress = ran.evidence.filter(({ fact }) => fact.kind === 'distress');
    expect(distress).toHaveLength(1);
    expect(ran.notes.join()).toContain('we may have done this');
    expect(accepted).toBeLessThanOrEqual(2);
    // It is not finished: whoever goes on with the scan comes back to it.
    const resumed = new Checkpoint(ran.checkpoint);
    expect(resumed.isFinished('127.92.0.22')).toBe(false);
    expect(ports.some((port) => hasPort(resumed.done('127.92.0.22').tcp, port))).toBe(true);
  });

  test('an address outside the scope gets nothing, though it is a target', async () => {
    const outside = await peer('127.92.0.31', () => {}, 8080);
    const ran = await run({
      target: '127.92.0.30/31',
      tcp: [8080],
      plan: { scope: scopeWithout('127.92.0.31') },
    });
    await outside.close();
    expect(outside.accepted).toBe(0);
    expect(ran.evidence.map(({ subject }) => subject.address)).not.toContain('127.92.0.31');
  });

  test.each([
    ['unknown', UNKNOWN, 2],
    ['fragile', FRAGILE, 1],
  ] satisfies [string, Known, number][])(
    'an %s device gets at most its connections a second at every pace',
    async (_, known, limit) => {
      const ran = await run({
        target: '127.92.0.23',
        tcp: [1, 2, 3, 4, 5],
        known,
        plan: { pace: 'fast' },
      });
      expect(ran.record.budget.maxPerSecond).toBeLessThanOrEqual(limit);
      expect(ran.notes.join()).toContain('known to bear it');
    },
  );
});

describe('a question over UDP', () => {
  /** A device that hears only every second datagram. */
  async function lossy(address: string, known: Known) {
    const heard: number[] = [];
    const socket = createSocket('udp4');
    socket.on('message', (datagram, from) => {
      heard.push(performance.now());
      if (heard.length % 2 === 1) return;
      // RFC 7252 §3: an acknowledgement, 4.04, with the id and the token of the question.
      const token = datagram.subarray(4, 4 + ((datagram[0] ?? 0) & 0x0f));
      const head = [0x60 | token.length, 0x84, datagram[2] ?? 0, datagram[3] ?? 0];
      socket.send(Buffer.concat([Buffer.from(head), token]), from.port, from.address);
    });
    await new Promise<void>((resolve) => socket.bind(5683, address, resolve));
    const ran = await run({ target: address, udp: [5683], known });
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    return { ran, heard };
  }

  test('that is lost is put once more, in pace and in the budget', async () => {
    const { ran, heard } = await lossy('127.92.0.41', UNKNOWN);
    expect(spoken(ran, 5683)).toEqual(['coap']);
    expect(ran.record.budget.datagrams).toBe(heard.length);
    expect(ran.record.budget.maxPerSecondOverall).toBeLessThanOrEqual(10);
  });

  test('is put to a fragile device once, whatever comes of it', async () => {
    const { ran, heard } = await lossy('127.92.0.42', { ...FRAGILE, category: 'unknown' });
    expect(heard.length).toBeLessThanOrEqual(1);
    expect(spoken(ran, 5683)).toEqual([]);
  });
});

describe('a scan that pauses', () => {
  test('sends nothing until it goes on, and then all the rest', async () => {
    const gate = new Gate();
    const events: string[] = [];
    const server = await peer('127.92.0.43', (_, count) => {
      if (count > 1) return;
      gate.shut();
      setTimeout(() => {
        events.push('goes on');
        gate.open();
      }, 2000);
    });
    const tcp = [server.port, 9201, 9202, 9203];
    const ran = await run({ target: '127.92.0.43', tcp, known: UNKNOWN, gate });
    events.push('ends');
    await server.close();
    expect(ran.record.outcome).toBe('complete');
    expect(events).toEqual(['goes on', 'ends']);
    expect(sweptOf(ran.evidence)).toEqual([
      { kind: 'swept', transport: 'tcp', closed: '9201-9203', silent: '' },
    ]);
  });

  test('can be stopped', async () => {
    const gate = new Gate();
    gate.shut();
    const signal = AbortSignal.timeout(300);
    const ran = await run({ target: '127.92.0.44', tcp: [9, 10], known: UNKNOWN, gate, signal });
    expect(ran.record.outcome).toBe('interrupted');
    expect(ran.record.budget.connections).toBe(0);
  });
});

describe('a device with everything open', () => {
  const asked = Array.from({ length: 14 }, (_, index) => 7001 + index);

  test.each([
    ['is a tarpit, and nobody lists its services', 30, 'tarpit'],
    ['but one of thirty random ports is none', 29, 'swept'],
  ])('%s', async (_, listening, kind) => {
    // The "random" ports are the first thirty of the dynamic range.
    const sample = Array.from({ length: listening }, (_unused, index) => 49_152 + index);
    const peers = await Promise.all(
      [...asked, ...sample].map((port) => peer('127.92.0.40', () => {}, port)),
    );
    let drawn = 0;
    const ran = await run({
      target: '127.92.0.40',
      tcp: [...asked, 9],
      limits: { tries: 0 },
      random: () => {
        drawn += 1;
        return (drawn - 1) / 16_384;
      },
    });
    await Promise.all(peers.map((each) => each.close()));
    const kinds = ran.evidence.map(({ fact }) => fact.kind);
    expect(kinds).toContain(kind);
    const opens = kinds.filter((each) => each === 'open').length;
    if (kind === 'tarpit') expect(opens).toBeLessThan(12);
    else expect(opens).toBe(asked.length);
  });
});

describe('an interrupted scan', () => {
  test('ends at once, keeps what it found, and goes on where it stopped', async () => {
    const mute = await peer('127.92.0.50', () => {}, 8081);
    const stop = new AbortController();
    const first = await run({
      target: '127.92.0.50',
      tcp: [8080, 8081, 8082],
      signal: stop.signal,
      // Nothing but the abort can end it before the test's own time is up.
      limits: { banner: 600_000, first: 600_000, port: 600_000, tries: 600_000 },
      onEvidence: (batch) => {
        if (!batch.some(({ fact }) => fact.kind === 'open')) return;
        setTimeout(() => stop.abort(), 50);
      },
    });
    expect(first.record.outcome).toBe('interrupted');
    expect(first.record.endedAt).toBeUndefined();
    expect(factsOf(first, 8081)).toContainEqual({ kind: 'open' });
    const accepted = mute.accepted;
    const second = await run({
      target: '127.92.0.50',
      tcp: [8080, 8081, 8082],
      plan: { resume: first.checkpoint },
    });
    await mute.close();
    expect(second.record.outcome).toBe('complete');
    expect(mute.accepted).toBe(accepted);
  });

  test('that was finished has nothing left to ask', async () => {
    const open = await peer('127.92.0.51', () => {}, 8081);
    const first = await run({ target: '127.92.0.51', tcp: [8081] });
    const accepted = open.accepted;
    const second = await run({
      target: '127.92.0.51',
      tcp: [8081],
      plan: { resume: first.checkpoint },
    });
    await open.close();
    expect(open.accepted).toBe(accepted);
    expect(second.evidence).toEqual([]);
  });
});

test('progress never counts backwards and ends done', async () => {
  const ran = await run({ target: '127.92.0.60/30', tcp: [80, 81, 82, 83] });
  const done = ran.progress.map((state) => state.done);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(ran.progress.at(-1)).toMatchObject({ phase: 'done', done: 16, total: 16 });
});

function sweptOf(evidence: readonly NewEvidence[]): unknown[] {
  return evidence.map(({ fact }) => fact).filter(({ kind }) => kind === 'swept');
}

function scopeWithout(address: string): ReturnType<typeof makeScope> {
  const own = parseNetwork('127.0.0.0/8');
  const exclude = parseNetwork(address);
  if (own === undefined || exclude === undefined) throw new Error(address);
  return makeScope({ own: [own], wanted: [], exclude: [exclude] });
}
