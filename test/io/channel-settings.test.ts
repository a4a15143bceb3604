import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { configSchema, loadConfig } from '../../src/io/config.ts';
import { notifiers } from '../../src/notifiers/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'portolan-channels-'));
const file = join(folder, 'portolan.yaml');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string) {
  writeFileSync(file, text);
  return loadConfig({ file, env: {} }).settings;
}

const PHONE = 'channels:\n  phone: {type: ntfy, url: https://ntfy.example/home}\n';

describe('channels and rules', () => {
  test('are read, with what is usual where nothing is said', () => {
    const { channels, alerts } = load(`${PHONE}  siem:
    type: syslog
    url: tls://siem.example:6514
alerts:
  - {when: 'severity>=high', to: [phone, siem]}
  - {when: always, to: [siem]}
`);
    expect(channels).toEqual({
      phone: { type: 'ntfy', url: 'https://ntfy.example/home' },
      siem: { type: 'syslog', url: 'tls://siem.example:6514', format: 'cef', facility: 'local0' },
    });
    expect(alerts.map(({ to }) => to)).toEqual([['phone', 'siem'], ['siem']]);
  });

  test.each([
    [
      'an unknown setting',
      'channels:\n  a: {type: ntfy, url: https://x.example/t, tokenfile: /t}',
      '2:45: unknown setting "tokenfile" of channels.a. Did you mean "token_file"?',
    ],
    [
      'a secret in the configuration',
      'channels:\n  a: {type: telegram, token: abc, chat_id: 1}',
      '2:23: unknown setting "token" of channels.a',
    ],
    [
      'an unknown type',
      'channels:\n  a: {type: ntfi}',
      '2:13: channels.a.type: "ntfi" is not one of',
    ],
    [
      'an unknown type, with what was meant',
      'channels:\n  a: {type: ntfi}',
      'Did you mean "ntfy"?',
    ],
    ['no type', 'channels:\n  a: {url: https://x.example/t}', '2:6: channels.a.type'],
    [
      'a password in an address',
      'channels:\n  a: {type: ntfy, url: "https://me:pw@x.example/t"}',
      '2:24: channels.a.url: is no address',
    ],
    [
      'an address of another kind',
      'channels:\n  a: {type: webhook, url: "file:///etc/passwd"}',
      'is no address such as https://',
    ],
    [
      'a topic that is none',
      'channels:\n  a: {type: ntfy, url: https://x.example}',
      'names no topic',
    ],
    [
      'a program without its path',
      'channels:\n  a: {type: exec, command: [ring]}',
      'is no absolute path',
    ],
    [
      'wildcards in a topic',
      'channels:\n  a: {type: mqtt, url: "mqtt://x.example", prefix: "a/#"}',
      'is no topic',
    ],
    [
      'a line break in a recipient',
      'channels:\n  a: {type: email, host: x, from: a@b.example, to: ["c@d.example\\nBcc: e@f.example"]}',
      'is no address such as me@example.org',
    ],
    [
      'a name with blanks',
      'channels:\n  "a b": {type: ntfy, url: https://x.example/t}',
      'channels.a b',
    ],
    [
      'a rule with a typing error',
      `${PHONE}alerts:\n  - {when: 'severty>=high', to: [phone]}`,
      '4:12: alerts.0.when: "severty>=high", character 1: "severty" is nothing to ask for. Did you mean "severity"?',
    ],
    [
      'a rule with an unknown key',
      `${PHONE}alerts:\n  - {when: always, too: [phone]}`,
      'unknown setting "too" of alerts.0. Did you mean "to"?',
    ],
    [
      'a rule that leads nowhere',
      `${PHONE}alerts:\n  - {when: always, to: [fone]}`,
      'alerts.0.to: there is no channel "fone". Did you mean "phone"?',
    ],
    [
      'a setting of the top',
      'chanels: {}',
      '1:1: unknown setting "chanels". Did you mean "channels"?',
    ],
  ])('%s is refused, with where and why', (_, text, expected) => {
    expect(() => load(text)).toThrow(expected);
  });

  test('have a schema for editors, in which every type is', () => {
    const schema = JSON.stringify(configSchema());
    for (const { id } of notifiers.all) expect(schema).toContain(`"${id}"`);
  });
});
