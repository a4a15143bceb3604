/** What a scan cannot see, so that nobody takes silence for safety. */
export const LIMITS = [
  'Only addresses in the scope were asked, from this machine and at the times given.',
  'A UDP port that does not answer may be open: UDP has no refusal that must arrive.',
  'Whether a port is used needs traffic, and whether it is allowed needs the firewall: both are unknown here.',
  'Devices that sleep, and those behind a hub (Zigbee, Thread, Bluetooth), are not seen by a scan.',
];
