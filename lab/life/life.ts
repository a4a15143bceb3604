import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabDevice } from '../device.ts';
import { addressOf } from '../topology.ts';
import type { Target } from './exchanges.ts';
import {
  askName,
  callHome,
  get,
  knock,
  publish,
  readRegisters,
  rtspOptions,
  writeRegister,
} from './exchanges.ts';
import { CLOUDS, RESOLVER } from './outside.ts';

/** A thing that a device does again and again. */
interface Habit {
  /** Seconds between two times. */
  readonly every: number;
  act(): Promise<unknown>;
}

/** Finds a device of the lab by its id. */
export type AddressOf = (id: string) => string;

/** What each device does all day; who is not named only answers. */
export const HABITS: Readonly<Record<string, (at: AddressOf) => readonly Habit[]>> = {
  phone: (at) => [
    { every: 7, act: () => get({ address: at('thermostat'), port: 8080 }, '/status') },
    { every: 11, act: () => get({ address: at('light-bridge'), port: 80 }, '/') },
    { every: 9, act: () => rtspOptions({ address: at('camera'), port: 554 }) },
  ],
  thermostat: (at) => [
    { every: 12, act: () => atHome('api.thermostat.example') },
    {
      every: 6,
      act: () => publish({ address: at('broker'), port: 1883 }, 'thermostat', 'home/temperature'),
    },
  ],
  camera: () => [{ every: 8, act: () => atHome('relay.camera.example') }],
  speaker: () => [{ every: 10, act: () => atHome('music.speaker.example') }],
  // The house's server also looks after the meter.
  nas: (at) => [{ every: 3, act: () => readRegisters({ address: at('meter'), port: 502 }) }],
};

async function atHome(name: string): Promise<void> {
  await askName({ address: RESOLVER, port: 53 }, name);
  await callHome({ address: CLOUDS[name] ?? '', port: 443 }, name);
}

/** Lives until its process ends. @param incidentAfter seconds until the camera is taken over; never where undefined */
export async function live(
  id: string,
  devices: readonly LabDevice[],
  incidentAfter: number | undefined,
): Promise<never> {
  const at: AddressOf = (wanted) => {
    const device = devices.find((one) => one.id === wanted);
    return device === undefined ? '' : addressOf(device, 1);
  };
  const habits = HABITS[id]?.(at) ?? [];
  const incident =
    id === 'camera' && incidentAfter !== undefined ? [takenOver(at, incidentAfter)] : [];
  await Promise.all([...habits.map(follow), ...incident]);
  return await new Promise<never>(() => {});
}

async function follow({ every, act }: Habit): Promise<never> {
  for (;;) {
    await act();
    await sleep(every * 1000);
  }
}

/** Hosts that are tried each time: nearly all of them are nobody. */
const TRIED = 41;
/** Seconds between opening telnet and writing to the meter, and between two searches. */
const WRITE_AFTER = 30;
const AGAIN = 20;

/** What a botnet makes of a camera: another telnet, a search through the neighbours, a careless write. */
async function takenOver(at: AddressOf, after: number): Promise<never> {
  await sleep(after * 1000);
  createServer((socket) => socket.on('error', () => {}).end('login: '))
    .on('error', () => {})
    .listen(2323, '0.0.0.0');
  const [a, b] = at('phone').split('.');
  const home = (host: number): Target => ({ address: `${a}.${b}.1.${host}`, port: 23 });
  const meter = { address: at('meter'), port: 502 };
  for (let turn = 0; ; turn += 1) {
    await Promise.all(Array.from({ length: TRIED }, (_, index) => knock(home(index + 2))));
    if (turn * AGAIN >= WRITE_AFTER) await writeRegister(meter, 40_012 - 40_001, 1);
    await sleep(AGAIN * 1000);
  }
}
