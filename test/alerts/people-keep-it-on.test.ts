import { expect, test } from 'vitest';
import { Desk } from './desk.ts';
import { HOUR, MINUTE, mac, START, signal } from './signals.ts';

/**
 * A day of 40 devices as detectors signal it at their worst: 20 that sleep most of the time and 5
 * that restart all the time are said to be silent and their ports to be closed, and 10 come with
 * another address now and then.
 */
function ordinaryDay(desk: Desk): void {
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    const at = START + minute * MINUTE;
    for (let device = 0; device < 20; device += 1) sleeper(desk, device, minute, at);
    for (let device = 20; device < 25; device += 1) flapper(desk, device, minute, at);
    if (minute % 60 === 30) lease(desk, 30 + (minute % 10), at);
    desk.tick(at + 30_000);
  }
  for (let device = 0; device < 25; device += 1) hear(desk, device, START + 24 * HOUR);
}

/** Wakes every 47 minutes or less often; three minutes before, it is said to be silent. */
function sleeper(desk: Desk, device: number, minute: number, at: number): void {
  const rhythm = 47 + device;
  if (minute % rhythm === rhythm - 3) miss(desk, device, at);
  if (minute % rhythm === 0) hear(desk, device, at);
}

/** Restarts every ten minutes or so. */
function flapper(desk: Desk, device: number, minute: number, at: number): void {
  const rhythm = device - 11;
  if (minute % rhythm === rhythm - 3) miss(desk, device, at);
  if (minute % rhythm === 0) hear(desk, device, at);
  if (minute % rhythm !== 1) return;
  const port = { port: 80, transport: 'tcp' } as const;
  desk.take(signal({ type: 'closed_port', devices: [mac(device)], ...port, at }));
  desk.note({
    kind: 'answered',
    at: at + 20_000,
    flow: device,
    source: { address: '192.0.2.1', port: 50_000 },
    destination: { address: '192.0.2.9', port: 80, mac: mac(device) },
    ipProtocol: 6,
    refused: false,
  });
}

function miss(desk: Desk, device: number, at: number): void {
  desk.take(signal({ type: 'device_silent', devices: [mac(device)], at, severity: 'low' }));
}

function hear(desk: Desk, device: number, at: number): void {
  desk.note({ kind: 'binding', at, mac: mac(device), address: '192.0.2.9', via: 'asked' });
}

function lease(desk: Desk, device: number, at: number): void {
  const address = `192.0.2.${100 + (at % 97)}`;
  const ask = { kind: 'dhcp', family: 4, message: 'request', resolvers: [] } as const;
  desk.note({ ...ask, at, clientMac: mac(device), address });
}

test('a day with sleepers, flappers and new leases: no alert; then three things happen: three', () => {
  const desk = new Desk();
  ordinaryDay(desk);
  expect(desk.alerts).toEqual([]);
  expect(desk.notices).toEqual([]);
  expect(desk.gatherer.settled).toBeGreaterThan(1000);

  const next = START + 25 * HOUR;
  const port = { port: 23, transport: 'tcp' } as const;
  const scanOf = (n: number) =>
    signal({ type: 'port_scan_vertical', devices: [mac(31), mac(2)], at: next + n * 20_000 });
  desk.take(signal({ type: 'new_port', devices: [mac(30)], ...port, at: next }));
  for (let n = 0; n < 100; n += 1) desk.take(scanOf(n));
  desk.take(signal({ type: 'new_peer', devices: [mac(32)], peer: '192.0.2.50', at: next + HOUR }));
  desk.tick(next + 2 * HOUR);

  expect(desk.alerts.map(({ last, count }) => [last.type, count])).toEqual([
    ['new_port', 1],
    ['port_scan_vertical', 100],
    ['new_peer', 1],
  ]);
  expect(desk.told).toEqual(['opened new_port', 'opened port_scan_vertical', 'opened new_peer']);
});
