import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHost } from '../device.ts';
import { telnet } from './text.ts';

/**
 * A telnet login: GNU inetutils' telnetd where it is installed, else a simulator. What telnetd runs
 * is no login program of this machine but ours, which lets nobody in. It notes who came in wtmp(5),
 * so it runs only where that file is hidden from it.
 */
export async function telnetd(host: LabHost, port: number, name: string): Promise<void> {
  const login = join(host.workFolder, `login-${port}`);
  writeFileSync(login, loginScript(host, port, name), { mode: 0o755 });
  const command = ['telnetd', '--no-hostinfo', `--exec-login=${login}`];
  const why = host.level === 1 ? await host.inetd(port, command) : 'it would write in wtmp';
  if (why === undefined) return;
  host.standIn(port, why);
  await host.tcp(port, telnet(host, port, `${name} login`));
}

/** A name typed there is a login attempt, which nobody who only looks may make. */
function loginScript({ eventFile }: LabHost, port: number, name: string): string {
  return `#!/bin/sh
printf '${name} login: '
IFS= read -r name || exit
printf '{"at":%s000,"event":"login","port":${port}}\\n' "$(date +%s)" >> '${eventFile}'
stty -echo
printf 'Password: '
IFS= read -r word
printf '\\nLogin incorrect\\n'
`;
}
