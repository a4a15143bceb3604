import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHost } from '../device.ts';
import type { Talk } from '../serve.ts';
import { close, MORE, reply, replyAndEnd, u16, u32 } from '../serve.ts';

/** `AMQP` 0 0 9 1 (AMQP 0-9-1 §4.2.2). */
const HEADER = Buffer.from('AMQP\0\0\u0009\u0001', 'latin1');

/**
 * A broker of AMQP 0-9-1: GarageMQ where it is installed, which listens at once and takes 25 MB
 * (RabbitMQ takes ten seconds and 150 MB), else a simulator.
 */
export async function amqpBroker(host: LabHost, port: number): Promise<void> {
  const database = join(host.workFolder, 'garagemq');
  const configuration = join(host.workFolder, 'garagemq.yaml');
  mkdirSync(database, { recursive: true });
  writeFileSync(configuration, brokerConfiguration(host.address, port, database));
  const why = await host.attempt(['garagemq', '--config', configuration], { tcp: [port] });
  if (why === undefined) return;
  host.standIn(port, why);
  await host.tcp(port, amqp091('LabMQ', '3.12.1'));
}

/** Its page for administrators cannot be turned off: on loopback, at a port that nobody knows. */
function brokerConfiguration(address: string, port: number, database: string): string {
  return `proto: amqp-rabbit
users: []
tcp: { ip: ${address}, port: ${port}, nodelay: false, readBufSize: 196608, writeBufSize: 196608 }
admin: { ip: 127.0.0.1, port: 0 }
queue: { shardSize: 8192, maxMessagesInRam: 1024 }
db: { defaultPath: ${database}, engine: badger }
vhost: { defaultPath: / }
security: { passwordCheck: md5 }
connection: { channelsMax: 64, frameMaxSize: 65536 }
`;
}

/**
 * AMQP 0-9-1 up to the login: the right header gets Connection.Start, any other gets the right
 * header and a hang-up, as §4.2.2 asks.
 */
export function amqp091(product: string, version: string): () => Talk {
  return () => {
    let started = false;
    return {
      hear(received) {
        if (started) return close('no login here');
        const some = received.subarray(0, HEADER.length);
        if (!some.equals(HEADER.subarray(0, some.length)))
          return replyAndEnd(received.length, HEADER);
        if (some.length < HEADER.length) return MORE;
        started = true;
        return reply(HEADER.length, start(product, version));
      },
    };
  };
}

function start(product: string, version: string): Buffer {
  const table = Buffer.concat([
    entry('product', product),
    entry('version', version),
    entry('platform', 'Embedded Linux'),
  ]);
  const payload = Buffer.concat([
    u16(10), // class connection
    u16(10), // method start
    Buffer.from([0, 9]),
    longText(table),
    longText(Buffer.from('PLAIN AMQPLAIN')),
    longText(Buffer.from('en_US')),
  ]);
  const head = Buffer.concat([Buffer.from([1]), u16(0), u32(payload.length)]);
  return Buffer.concat([head, payload, Buffer.from([0xce])]);
}

function entry(name: string, value: string): Buffer {
  const head = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from('S')]);
  return Buffer.concat([head, longText(Buffer.from(value))]);
}

function longText(bytes: Buffer): Buffer {
  return Buffer.concat([u32(bytes.length), bytes]);
}
