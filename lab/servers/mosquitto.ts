import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHost } from '../device.ts';
import { execute, find } from '../tools.ts';

export interface Listener {
  readonly port: number;
  readonly login?: boolean;
  readonly tls?: boolean;
}

/** A real broker with these listeners: mosquitto where it is installed, else aedes from npm. */
export async function broker(host: LabHost, listeners: readonly Listener[]): Promise<void> {
  if (find('mosquitto') === undefined) return aedesBroker(host, listeners);
  const passwords = join(host.workFolder, 'passwords');
  const made = await execute(['mosquitto_passwd', '-b', '-c', passwords, 'lab', 'not-a-default']);
  if (made.status !== 0) writeFileSync(passwords, ''); // Then nobody gets in, which is as strict.
  const certificate = await host.certificate();
  const usable = listeners.filter(({ tls }) => tls !== true || certificate !== undefined);
  const lines = usable.flatMap(({ port, login, tls }) => [
    `listener ${port} ${host.address}`,
    ...(login === true
      ? ['allow_anonymous false', `password_file ${passwords}`]
      : ['allow_anonymous true']),
    ...(tls === true && certificate !== undefined
      ? [`keyfile ${certificate.keyFile}`, `certfile ${certificate.certificateFile}`]
      : []),
  ]);
  const file = join(host.workFolder, 'mosquitto.conf');
  // It would drop to its own user, who may not read our keys.
  const head = ['per_listener_settings true', 'persistence false', 'user root', 'log_dest none'];
  writeFileSync(file, `${[...head, ...lines].join('\n')}\n`);
  await host.server(['mosquitto', '-c', file], { tcp: usable.map(({ port }) => port) });
}

async function aedesBroker(host: LabHost, listeners: readonly Listener[]): Promise<void> {
  const { Aedes } = await import('aedes');
  for (const { port, login, tls } of listeners) {
    if (tls === true) continue;
    const aedes = await Aedes.createBroker({
      authenticate: (_client, _name, _password, done) => {
        const refusal = Object.assign(new Error('not authorised'), { returnCode: 5 });
        if (login === true) done(refusal, null);
        else done(null, true);
      },
    });
    await host.raw(port, (socket) => aedes.handle(socket));
  }
}
