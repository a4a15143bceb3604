import { runRelay } from '../../../src/io/relay/run-relay.ts';

/** `services clients types ssdp`: relays until it is told to stop, then prints what it counted. */
const [services = '', clients = '', types = '', ssdp = ''] = process.argv.slice(2);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const relay = await runRelay({
  services,
  clients,
  types: types.split(','),
  ssdp: ssdp.split(','),
  stop: stop.signal,
  now: () => performance.now(),
  ready: () => process.stderr.write('ready\n'),
});
process.stdout.write(`counts ${JSON.stringify(relay.counts)}\n`);
process.exit(0);
