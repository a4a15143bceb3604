import { attribute, detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'OpenSSH 9.2 of Debian',
    protocol: 'ssh',
    client: hex('SSH-2.0-portolan\r\n'),
    server: hex('SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n'),
    facts: [
      speaks('ssh', '2.0'),
      detail('software', 'OpenSSH_9.2p1 Debian-2+deb12u10'),
      attribute('os', 'Debian'),
    ],
  },
  {
    name: 'Dropbear 2022.83, which sends its KEXINIT at once',
    protocol: 'ssh',
    client: hex('SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n'),
    server: hex('SSH-2.0-dropbear_2022.83\r\n\0\0\x01\xfc\x07\x14\x94\xc5\xd7'),
    facts: [speaks('ssh', '2.0'), detail('software', 'dropbear_2022.83')],
  },
];
