export const changelog = {
  title: 'Change log',
  device: 'Device',
  kind: 'What',
  text: 'In words',
  at: 'When',
  empty: 'Nothing changed in this time, as far as scans and traffic show.',
  kinds: {
    'device-new': 'new device',
    'port-opened': 'port opened',
    'port-closed': 'port closed',
    'protocol-changed': 'other protocol',
    'attribute-changed': 'identity changed',
    alert: 'alert',
    'change-applied': 'firewall changed',
  },
};
