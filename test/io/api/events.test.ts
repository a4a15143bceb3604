import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventStream } from '../../../src/io/api/event-stream.ts';
import type { ApiEvent } from '../../../src/model/api/daemon.ts';
import type { Browser, Harness } from './harness.ts';
import { Events, openHarness } from './harness.ts';

const alertNew = (id: string): ApiEvent => ({
  type: 'alert.new',
  at: 1,
  id,
  severity: 'high',
  summary: 'line\nbreak\u2028 and \u202e tricks',
});
const status: ApiEvent = { type: 'status', at: 1, state: 'ok' };

describe('the text of a stream', () => {
  async function textOf(
    types: readonly string[],
    lastId: string | undefined,
    act: (bus: Events) => void,
    pieces: number,
  ): Promise<string> {
    const bus = new Events();
    bus.publish(alertNew('before'));
    const gone = new AbortController();
    const options = { types, lastId, signal: gone.signal, heartbeat: 20 };
    let text = '';
    const stream = eventStream(bus, options);
    text += (await stream.next()).value;
    act(bus);
    for (let piece = 1; piece < pieces; piece += 1) text += (await stream.next()).value;
    gone.abort();
    await stream.return(undefined);
    expect(bus.hearers).toBe(0);
    return text;
  }

  test('has id, event and data on a line each, whatever stands in it', async () => {
    const text = await textOf([], undefined, (bus) => bus.publish(alertNew('PTL-A-1')), 2);
    expect(text.split('\n')).toEqual([
      'retry: 3000',
      '',
      'id: 2',
      'event: alert.new',
      expect.stringMatching(/^data: \{"type":"alert\.new".*\\n.*\\u2028.*\\u202e.*\}$/),
      '',
      '',
    ]);
  });

  test('says now and then that it is there', async () => {
    expect(await textOf([], undefined, () => {}, 3)).toContain(': hb\n\n');
  });

  test('begins after the last event that the client has', async () => {
    expect(await textOf([], '0', () => {}, 3)).toContain('event: gap\ndata: {}\n\nid: 1\n');
    expect(await textOf([], '1', (bus) => bus.publish(status), 2)).not.toContain('id: 1\n');
  });

  test('has the kinds of events that were asked for, by name or by their first word', async () => {
    const both = (bus: Events): void => {
      bus.publish(status);
      bus.publish(alertNew('x'));
    };
    expect(await textOf(['alert'], undefined, both, 2)).not.toContain('event: status');
    expect(await textOf(['status'], undefined, both, 2)).not.toContain('event: alert');
    expect(await textOf(['alert.changed'], undefined, both, 2)).not.toContain('event: alert');
  });

  test('of a client that takes nothing is a gap and what came last', async () => {
    const flood = (bus: Events): void => {
      for (let event = 0; event < 10_000; event += 1) bus.publish(alertNew(`A${event}`));
    };
    const text = await textOf([], undefined, flood, 40);
    expect(text).toContain('event: gap');
    expect(text.length).toBeLessThan(20_000);
  });
});

describe('over HTTP', () => {
  let daemon: Harness;
  let viewer: Browser;

  beforeEach(async () => {
    daemon = await openHarness();
    viewer = await daemon.signIn('viewer');
  });

  afterEach(() => daemon.close());

  function open(headers: Readonly<Record<string, string>>, query = ''): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const path = `/api/v1/events${query}`;
      request({ host: '127.0.0.1', port: daemon.port, path, headers, agent: false }, resolve)
        .on('error', reject)
        .end();
    });
  }

  async function until(stream: IncomingMessage, wanted: string): Promise<string> {
    let text = '';
    for await (const piece of stream) {
      text += String(piece);
      if (text.includes(wanted)) break;
    }
    return text;
  }

  const ended = (stream: IncomingMessage): Promise<void> =>
    new Promise((resolve) => {
      stream.on('close', resolve).on('error', () => {});
      stream.resume();
    });

  test('what happens is heard, also what happened since the last time', async () => {
    const stream = await open(viewer.headers);
    expect(stream.headers['content-type']).toBe('text/event-stream');
    daemon.events.publish(status);
    await until(stream, 'event: status');
    daemon.events.publish(alertNew('PTL-A-2'));
    const again = await open({ ...viewer.headers, 'last-event-id': '1' });
    expect(await until(again, 'PTL-A-2')).toContain('id: 2\n');
    const unknown = await open(viewer.headers, '?types=alert&nothing=1');
    expect(unknown.statusCode).toBe(422);
    unknown.resume();
  });

  test.each([
    [
      'the password is changed',
      (access: Harness['context']['session']['store']['access']) => access.endSessionsOf('viewer'),
    ],
    [
      'the account is taken away by another process',
      (access: Harness['context']['session']['store']['access']) => access.removeAccount('viewer'),
    ],
  ])('a stream ends by itself when %s', async (_, act) => {
    const stream = await open(viewer.headers);
    act(daemon.context.session.store.access);
    await ended(stream);
    for (let look = 0; look < 20 && daemon.events.hearers > 0; look += 1) await sleep(10);
    expect(daemon.events.hearers).toBe(0);
  });

  test('who goes away is forgotten, and has room for others', async () => {
    for (let round = 0; round < 3; round += 1) {
      const streams = await Promise.all(Array.from({ length: 8 }, () => open(viewer.headers)));
      expect(streams.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(200));
      const ninth = await open(viewer.headers);
      expect(ninth.statusCode).toBe(429);
      for (const stream of [...streams, ninth]) stream.destroy();
      for (let look = 0; look < 100 && daemon.events.hearers > 0; look += 1) await sleep(10);
      expect(daemon.events.hearers).toBe(0);
    }
  });
});
