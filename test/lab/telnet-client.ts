import type { Lab } from '../../lab/lab.ts';

/**
 * Runs in Node inside the lab: refuses every option (RFC 854: a DO by WONT, a WILL by DONT), types a
 * name where one is asked for, and prints what it read once a password is asked for or all is silent.
 */
const SCRIPT = `
const [address, name] = process.argv.slice(1);
const socket = require('node:net').connect(23, address);
let read = '';
socket.on('data', (bytes) => {
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== 255) { read += String.fromCharCode(bytes[at]); continue; }
    const [verb, option] = bytes.subarray(at + 1);
    if (verb === 253) socket.write(Buffer.from([255, 252, option]));
    if (verb === 251) socket.write(Buffer.from([255, 254, option]));
    at += 2;
  }
  if (read.endsWith('login: ')) socket.write(name + '\\r\\n');
  if (read.endsWith('Password: ')) done();
});
const done = () => { console.log(read); process.exit(0); };
setTimeout(done, 5000);
`;

/** What somebody reads who types this name and no password. */
export async function logIn(lab: Lab, address: string, name: string): Promise<string> {
  const script = [process.execPath, '-e', SCRIPT, '--', address, name];
  const { stdout, stderr } = await lab.exec(script);
  if (stdout === '') throw new Error(stderr);
  return stdout;
}
