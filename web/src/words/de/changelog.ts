import type { changelog as en } from '../en/changelog.ts';

export const changelog: typeof en = {
  title: 'Chronik',
  device: 'Gerät',
  kind: 'Was',
  text: 'In Worten',
  at: 'Wann',
  empty: 'In dieser Zeit hat sich nichts geändert, soweit Scans und Verkehr es zeigen.',
  kinds: {
    'device-new': 'neues Gerät',
    'port-opened': 'Port geöffnet',
    'port-closed': 'Port geschlossen',
    'protocol-changed': 'anderes Protokoll',
    'attribute-changed': 'Identität geändert',
    alert: 'Alarm',
    'change-applied': 'Firewall geändert',
  },
};
