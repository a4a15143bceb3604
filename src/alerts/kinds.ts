const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Where an event stands in the course of an intrusion (after MITRE ATT&CK's order of tactics), so
 * that what one device does step by step is seen as one thing. `fault` and `posture` are no step.
 */
export type Stage =
  | 'newcomer'
  | 'search'
  | 'access'
  | 'foothold'
  | 'harm'
  /** Something failed. */
  | 'fault'
  /** It stands, and is bad. */
  | 'posture';

/** In which order the steps follow each other; what is in none has no rank. */
export const STEPS: readonly Stage[] = ['newcomer', 'search', 'access', 'foothold', 'harm'];

/** When an alert is over without anybody's doing. */
export type Ending =
  /** It was not signalled again for so many milliseconds. */
  | { readonly how: 'quiet'; readonly after: number }
  /** The device is heard again. */
  | { readonly how: 'heard' }
  /** The port answers again. */
  | { readonly how: 'answers' }
  /** Only a person can say; after so many milliseconds without a repeat it is set aside. */
  | { readonly how: 'decision'; readonly after: number };

export interface AlertKind {
  readonly stage: Stage;
  readonly ending: Ending;
  /**
   * Its end is worth telling whoever was told of its beginning: a fault that is over needs nobody. That
   * an attack is not seen any more is no reason to leave it alone.
   */
  readonly tellsEnd: boolean;
  /** Milliseconds for which the opposite may still be seen before it becomes an alert. */
  readonly settles: number;
}

const quiet = (after: number): Ending => ({ how: 'quiet', after });
const DECISION: Ending = { how: 'decision', after: 30 * DAY };

function kind(stage: Stage, ending: Ending, more: Partial<AlertKind> = {}): AlertKind {
  return { stage, ending, tellsEnd: false, settles: 0, ...more };
}

/**
 * What is known of the types that the detectors signal. Attacks end when they are not seen any more
 * for several times the pause that a slow one makes; facts (a new port, a new device) stay until
 * somebody has looked.
 */
const KINDS: ReadonlyMap<string, AlertKind> = new Map([
  ['new_device', kind('newcomer', DECISION)],
  ['firewall_changed', kind('access', DECISION)],
  ['port_scan_vertical', kind('search', quiet(HOUR))],
  ['port_scan_horizontal', kind('search', quiet(HOUR))],
  ['port_scan_slow', kind('search', quiet(DAY))],
  ['host_sweep', kind('search', quiet(HOUR))],
  ['icmp_sweep', kind('search', quiet(HOUR))],
  ['inbound_probe', kind('search', quiet(HOUR))],
  ['repeated_access', kind('access', quiet(HOUR))],
  ['brute_force', kind('access', quiet(HOUR))],
  ['new_peer', kind('access', DECISION)],
  ['arp_spoof', kind('access', quiet(HOUR))],
  ['mitm', kind('access', quiet(HOUR))],
  ['rogue_dhcp', kind('access', quiet(DAY))],
  ['rogue_ra', kind('access', quiet(DAY))],
  ['mac_change', kind('access', DECISION)],
  ['mac_conflict', kind('access', quiet(HOUR))],
  ['new_port', kind('foothold', DECISION)],
  ['unknown_destination', kind('foothold', DECISION)],
  ['ip_without_dns', kind('foothold', DECISION)],
  ['protocol_mismatch', kind('foothold', DECISION)],
  ['beaconing', kind('foothold', quiet(DAY))],
  ['dga', kind('foothold', quiet(DAY))],
  ['dns_tunnel', kind('foothold', quiet(DAY))],
  ['icmp_tunnel', kind('foothold', quiet(DAY))],
  ['dns_bypass', kind('foothold', DECISION)],
  ['upnp_portmap', kind('foothold', DECISION)],
  ['policy_violation', kind('foothold', quiet(DAY))],
  // Told once for each thing: a day without a repeat says nothing.
  ['tls_profile_violation', kind('foothold', DECISION)],
  ['data_exfiltration', kind('harm', quiet(DAY))],
  ['malware_propagation', kind('harm', quiet(DAY))],
  ['cryptomining', kind('harm', quiet(DAY))],
  ['unexpected_mail', kind('harm', quiet(DAY))],
  ['ddos_source', kind('harm', quiet(15 * MINUTE))],
  ['reflection', kind('harm', quiet(15 * MINUTE))],
  ['ddos_victim', kind('fault', quiet(15 * MINUTE), { tellsEnd: true })],
  ['ot_write', kind('harm', DECISION)],
  ['closed_port', kind('fault', { how: 'answers' }, { tellsEnd: true, settles: MINUTE })],
  ['service_down', kind('fault', { how: 'answers' }, { tellsEnd: true, settles: MINUTE })],
  ['device_silent', kind('fault', { how: 'heard' }, { tellsEnd: true, settles: 5 * MINUTE })],
  ['volume_spike', kind('fault', quiet(DAY))],
  ['trend', kind('posture', quiet(14 * DAY))],
  ['plaintext_credentials', kind('posture', DECISION)],
  ['tls_weak', kind('posture', DECISION)],
  ['tls_downgrade', kind('access', DECISION)],
  ['cert_invalid', kind('posture', DECISION)],
]);

const SEARCHES = [
  'port_scan_vertical',
  'port_scan_horizontal',
  'port_scan_slow',
  'host_sweep',
  'icmp_sweep',
];
const FAULTS = ['device_silent', 'closed_port', 'service_down'];

/**
 * What each leads to by its nature: who searches does it by ARP, by ICMP and by port, a name that was
 * drawn leads to the place that it stands for, and a device whose traffic goes another way is missed.
 */
const EFFECTS: ReadonlyMap<string, readonly string[]> = new Map([
  ...SEARCHES.map((type) => [type, SEARCHES] as const),
  ['malware_propagation', [...SEARCHES, 'repeated_access']],
  ['brute_force', ['plaintext_credentials', 'repeated_access']],
  ['dga', ['unknown_destination', 'ip_without_dns']],
  ['arp_spoof', FAULTS],
  ['mitm', FAULTS],
  ['ddos_victim', FAULTS],
]);

/** Whether one such event is known to bring about the other, at the same device. */
export function bringsAbout(cause: string, effect: string): boolean {
  return EFFECTS.get(cause)?.includes(effect) === true;
}

const UNLISTED = kind('posture', quiet(DAY));

export function kindOf(type: string): AlertKind {
  return KINDS.get(type) ?? UNLISTED;
}

/**
 * Milliseconds without a repeat after which an alert is over; undefined where it ends otherwise. The
 * silence of many at once is one event: it ends like others do.
 */
export function endsAfter(type: string, devices: number): number | undefined {
  const { ending } = kindOf(type);
  if (ending.how === 'quiet' || ending.how === 'decision') return ending.after;
  return devices > 1 ? DAY : undefined;
}

/** `it was not seen again for 60 minutes`: for people, at the detector's page and in the log. */
export function endingText(ending: Ending): string {
  switch (ending.how) {
    case 'quiet':
      return `it was not seen again for ${spanText(ending.after)}`;
    case 'heard':
      return 'the device was heard again';
    case 'answers':
      return 'the port answers again';
    case 'decision':
      return `nobody decided, and it was not seen again for ${spanText(ending.after)}`;
  }
}

/** `15 minutes`, `3 hours`, `2 days`: whole numbers of the largest unit that leaves two or more. */
export function spanText(milliseconds: number): string {
  const units = [
    [DAY, 'day'],
    [HOUR, 'hour'],
    [MINUTE, 'minute'],
    [1000, 'second'],
  ] as const;
  const [size, word] =
    units.find(([unit]) => milliseconds >= 2 * unit) ?? ([1000, 'second'] as const);
  const number = Math.round(milliseconds / size);
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
