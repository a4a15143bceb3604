import { describe, expect, test } from 'vitest';
import { attribute, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { parseIdentification, parseKexInit, ssh, weakAlgorithms } from '../../src/protocols/ssh.ts';
import { bytes } from './fixtures.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const OPENSSH = hex('SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n');

/** A KEXINIT of these lists (RFC 4253 §7.1), in hex. */
function kexInit(keyExchange: string, hostKeys: string, ciphers: string, macs: string): string {
  const lists = [keyExchange, hostKeys, ciphers, ciphers, macs, macs, 'none', 'none', '', ''];
  const body = `14${'ab'.repeat(16)}${lists.map(list).join('')}0000000000`;
  const padding = 4;
  const length = (body.length / 2 + padding + 1).toString(16).padStart(8, '0');
  return `${length}04${body}${'00'.repeat(padding)}`;
}

function list(names: string): string {
  return names.length.toString(16).padStart(8, '0') + hex(names);
}

const STRONG = kexInit(
  'curve25519-sha256',
  'ssh-ed25519',
  'aes256-gcm@openssh.com',
  'hmac-sha2-256',
);
const WEAK = kexInit(
  'curve25519-sha256,diffie-hellman-group1-sha1',
  'ssh-rsa,ssh-dss',
  'aes128-ctr,3des-cbc',
  'hmac-md5,hmac-sha2-256',
);

describe('ssh', () => {
  recognises(ssh, [
    ['both sides', hex('SSH-2.0-x\r\n'), OPENSSH, 'proved'],
    ['the server alone', '', OPENSSH, 'likely'],
    ['the client alone', hex('SSH-2.0-PuTTY_Release_0.78\r\n'), '', 'likely'],
    ['half a greeting', '', hex('SSH-2.'), 'more'],
    ['a server of version 1.99', hex('SSH-2.0-x\n'), hex('SSH-1.99-Cisco-1.25\n'), 'proved'],
    ['a version that there never was', '', hex('SSH-9.9-x\r\n'), 'no'],
    ['a line longer than 255 bytes', '', hex(`SSH-2.0-${'A'.repeat(300)}`), 'no'],
    ['an HTTP client at an SSH server', hex('GET / HTTP/1.1\r\n'), OPENSSH, 'no'],
  ]);

  learns(ssh, [
    [
      'a server of strong algorithms',
      [OPENSSH, STRONG],
      [
        speaks('ssh', '2.0'),
        detail('software', 'OpenSSH_9.2p1 Debian-2+deb12u10'),
        attribute('os', 'Debian'),
        detail('host key algorithms', 'ssh-ed25519'),
      ],
    ],
    [
      'one of weak algorithms that sends its list at once',
      [hex('SSH-2.0-ROSSSH\r\n') + WEAK.slice(0, 40), WEAK.slice(40)],
      [
        speaks('ssh', '2.0'),
        detail('software', 'ROSSSH'),
        attribute('os', 'RouterOS'),
        attribute('vendor', 'MikroTik'),
        detail('host key algorithms', 'ssh-rsa,ssh-dss'),
        detail('weak algorithms', 'diffie-hellman-group1-sha1,ssh-rsa,ssh-dss,3des-cbc,hmac-md5'),
      ],
    ],
    [
      'one that greets and falls silent',
      [OPENSSH],
      [
        speaks('ssh', '2.0'),
        detail('software', 'OpenSSH_9.2p1 Debian-2+deb12u10'),
        attribute('os', 'Debian'),
      ],
    ],
    [
      'one of version 1 alone, which is asked nothing more',
      [hex('SSH-1.5-1.2.27\n')],
      [speaks('ssh', '1.5'), detail('software', '1.2.27')],
    ],
    ['a tarpit that sends other lines first', [hex('kq\r\nf2A\r\n')], []],
    ['an FTP server', [hex('220 ready\r\n')], []],
  ]);

  test('greets only after it was greeted, and disconnects in a well-formed packet', () => {
    const [first, greeting, farewell = ''] = says(ssh, [OPENSSH, STRONG]);
    expect([first, greeting]).toEqual(['', 'SSH-2.0-portolan\r\n']);
    expect(farewell.length % 8).toBe(0); // RFC 4253 §6.
    expect(farewell.charCodeAt(4)).toBeGreaterThanOrEqual(4);
    expect(farewell.charCodeAt(5)).toBe(1); // SSH_MSG_DISCONNECT
    expect(says(ssh, [''])).toEqual(['']);
  });

  test.each([
    [
      'a list that runs over the end of the packet',
      `0000001c0414${'ab'.repeat(16)}000000ff${'00'.repeat(6)}`,
    ],
    ['a packet of another kind', '0000000c0a06aabbccddeeff00112233'],
    ['a length of 4 GiB', `ffffffff0414${'00'.repeat(30)}`],
  ])('parseKexInit refuses %s', (_, digits) => {
    expect(parseKexInit(bytes(digits)).kind).toBe('bad');
  });

  test('weakAlgorithms names each once', () => {
    const algorithms = {
      keyExchange: ['diffie-hellman-group1-sha1'],
      hostKeys: ['ssh-ed25519'],
      ciphers: ['arcfour256', 'aes128-cbc', 'chacha20-poly1305@openssh.com'],
      macs: ['hmac-md5-96', 'hmac-md5-96', 'none'],
    };
    expect(weakAlgorithms(algorithms)).toEqual([
      'diffie-hellman-group1-sha1',
      'arcfour256',
      'aes128-cbc',
      'hmac-md5-96',
      'none',
    ]);
  });

  test('parseIdentification keeps comments apart', () => {
    expect(parseIdentification(bytes(OPENSSH))).toEqual({
      kind: 'ok',
      value: { protocol: '2.0', software: 'OpenSSH_9.2p1', comments: 'Debian-2+deb12u10' },
      size: 41,
    });
  });
});
