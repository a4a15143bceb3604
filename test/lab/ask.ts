import type { Lab } from '../../lab/lab.ts';

/** Runs in Node inside the lab: sends bytes and prints what comes back, and how it ended. */
const SCRIPT = `
const [transport, address, port, hex] = process.argv.slice(1);
const got = [];
const done = (how) => {
  console.log(JSON.stringify({ hex: Buffer.concat(got).toString('hex'), how }));
  process.exit(0);
};
const bytes = Buffer.from(hex, 'hex');
if (transport === 'udp') {
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', (answer) => got.push(answer));
  socket.send(bytes, Number(port), address);
} else {
  const socket = require('node:net').connect(Number(port), address, () => socket.write(bytes));
  socket.on('data', (answer) => got.push(answer));
  socket.on('end', () => done('closed')).on('error', ({ code }) => done(code));
}
setTimeout(() => done('silent'), 400);
`;

export interface Heard {
  /** Everything that came, in hex. */
  readonly hex: string;
  /** `closed` by the device, `silent` after that, or an error's code. */
  readonly how: string;
}

export async function ask(
  lab: Lab,
  transport: 'tcp' | 'udp',
  [address, port]: readonly [string, number],
  hex: string,
): Promise<Heard> {
  const script = [process.execPath, '-e', SCRIPT, '--', transport, address, String(port), hex];
  const { stdout, stderr } = await lab.exec(script);
  if (stdout === '') throw new Error(stderr);
  const heard: Heard = JSON.parse(stdout); // Our own script printed it.
  return heard;
}

export function text(value: string): string {
  return Buffer.from(value, 'latin1').toString('hex');
}

export function readable(heard: Heard): string {
  return Buffer.from(heard.hex, 'hex').toString('latin1');
}
