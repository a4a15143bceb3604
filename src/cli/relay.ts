import type { Command } from './command.ts';

export const relay: Command = {
  name: 'relay',
  group: 'operate',
  summary: 'Let devices be found across two networks: these service types, one way, and no more',
  options: [
    { flags: '--from <interface>', help: 'where the services are' },
    { flags: '--to <interface>', help: 'where they are looked for' },
    { flags: '--types <types>', help: 'of DNS-SD over mDNS: _googlecast._tcp,_ipp._tcp' },
    { flags: '--ssdp <targets>', help: 'of SSDP: urn:dial-multiscreen-org:service:dial:1' },
  ],
  examples: [
    [
      'portolan relay --from br-lan.30 --to br-lan --types _googlecast._tcp',
      'people find the televisions',
    ],
    ['portolan relay --from iot --to lan --ssdp upnp:rootdevice', 'UPnP, by SSDP'],
    ['portolan segment plan -o out', 'writes out/relay.sh with what this network needs'],
  ],
  async run(shell, input) {
    const { runRelayCommand } = await import('./relay-run.ts');
    return runRelayCommand(shell, input);
  },
};
