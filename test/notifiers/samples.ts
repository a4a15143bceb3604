import type { Alert } from '../../src/model/alert.ts';
import type { FormatContext, Notice, NoticeDevice } from '../../src/notifiers/notifier.ts';
import { mac, START, signal } from '../alerts/signals.ts';

export const CONTEXT: FormatContext = {
  version: '1.2.3',
  host: 'gateway',
  pid: 812,
  now: START + 5000,
};

/** Settings of a channel of each type; files that they name are not read by formatting. */
export const SETTINGS = {
  discord: { type: 'discord', url_file: '/run/discord' },
  email: { type: 'email', host: 'mail.example', from: 'p@home.example', to: ['me@home.example'] },
  exec: { type: 'exec', command: ['/usr/local/bin/ring', '--loud'] },
  gotify: { type: 'gotify', url: 'https://gotify.example/sub/', token_file: '/run/gotify' },
  mqtt: { type: 'mqtt', url: 'mqtt://broker.example' },
  ntfy: { type: 'ntfy', url: 'https://ntfy.example/home' },
  pagerduty: { type: 'pagerduty', routing_key_file: '/run/pagerduty' },
  slack: { type: 'slack', url_file: '/run/slack' },
  syslog: { type: 'syslog', url: 'udp://siem.example' },
  telegram: { type: 'telegram', token_file: '/run/telegram', chat_id: -100_123 },
  webhook: { type: 'webhook', url: 'https://hooks.example/in', secret_file: '/run/webhook' },
} as const;

/** The nth alert. */
export function alert(parts: Partial<Alert> = {}, number = 1): Alert {
  const last = parts.last ?? signal({ devices: [mac(number)], port: 23, transport: 'tcp' });
  return {
    id: `PTL-A-${String(number).padStart(4, '0')}`,
    incident: `PTL-A-${String(number).padStart(4, '0')}`,
    first: last,
    last,
    severity: last.severity,
    count: 1,
    state: 'open',
    changedAt: last.at,
    ...parts,
  };
}

export function notice(parts: Partial<Notice> = {}): Notice {
  const alerts = parts.alerts ?? [alert()];
  return {
    id: `${alerts[0]?.id ?? 'none'}-opened-1`,
    kind: 'opened',
    alerts,
    names: new Map([[mac(1), 'Front camera']]),
    ...parts,
  };
}

export const CAMERA: NoticeDevice = {
  id: 'PTL-D-7F3K',
  name: 'Front camera',
  macs: [mac(1)],
  addresses: ['192.168.1.31'],
  vendor: 'Hikvision',
  model: 'DS-2CD2',
  firmware: '5.5',
  services: 4,
  openAlerts: 2,
};

/** A notice in which everything that can come from the network is this text. */
export function hostileNotice(text: string, kind: Notice['kind'] = 'opened'): Notice {
  const last = signal({
    devices: [mac(1), text],
    peer: text,
    summary: `"${text}" spoke to ${text}`,
    usual: text,
    remedy: text,
    unseen: [text],
    reasons: [text],
    key: text,
    evidence: { frames: [], flows: [text], facts: [{ name: text, value: text }], count: 1 },
  });
  return notice({
    kind,
    alerts: [alert({ last, first: last })],
    names: new Map([[mac(1), text]]),
    devices: new Map([
      [mac(1), { ...CAMERA, name: text, vendor: text, model: text, firmware: text }],
    ]),
  });
}
