import type { Evidence } from '../model/evidence.ts';
import type { Conclusion, Identifier } from './identifier.ts';

interface Role {
  readonly kind?: string;
  readonly category?: string;
}

/**
 * What speaking a protocol says of the speaker, protocols that anybody may speak left out. A
 * fieldbus over TCP is spoken by controllers (and by gateways, which are as fragile).
 */
const ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['modbus', { kind: 'controller', category: 'industrial' }],
  ['s7comm', { kind: 'plc', category: 'industrial' }],
  ['s7comm-plus', { kind: 'plc', category: 'industrial' }],
  ['cotp', { category: 'industrial' }],
  ['mms', { kind: 'rtu', category: 'industrial' }],
  ['ams', { kind: 'plc', category: 'industrial' }],
  ['melsec', { kind: 'plc', category: 'industrial' }],
  ['egd', { kind: 'plc', category: 'industrial' }],
  ['ethersio', { kind: 'plc', category: 'industrial' }],
  ['synphasor', { kind: 'phasor measurement unit', category: 'industrial' }],
  ['c1222', { kind: 'meter', category: 'industrial' }],
  ['atg', { kind: 'tank gauge', category: 'industrial' }],
  ['enip', { kind: 'controller', category: 'industrial' }],
  ['dnp3', { kind: 'rtu', category: 'industrial' }],
  ['iec104', { kind: 'rtu', category: 'industrial' }],
  ['bacnet', { kind: 'controller', category: 'industrial' }],
  ['opcua', { category: 'industrial' }],
  ['hart-ip', { kind: 'gateway', category: 'industrial' }],
  ['profinet', { kind: 'controller', category: 'industrial' }],
  ['jetdirect', { kind: 'printer', category: 'printer' }],
  ['pjl', { kind: 'printer', category: 'printer' }],
  ['ipp', { kind: 'printer', category: 'printer' }],
  ['lpd', { kind: 'printer', category: 'printer' }],
  ['rtsp', { kind: 'camera', category: 'smart-home' }],
  ['onvif', { kind: 'camera', category: 'smart-home' }],
  ['hue', { kind: 'bridge', category: 'smart-home' }],
  ['shelly', { kind: 'relay', category: 'smart-home' }],
  ['esphome-api', { kind: 'microcontroller', category: 'smart-home' }],
  ['tplink-kasa', { kind: 'plug', category: 'smart-home' }],
  ['miio', { category: 'smart-home' }],
  ['fins', { kind: 'plc', category: 'industrial' }],
  ['tuya', { category: 'smart-home' }],
  ['roku', { kind: 'media player', category: 'smart-home' }],
  ['googlecast', { kind: 'media player', category: 'smart-home' }],
  ['cast', { kind: 'media player', category: 'smart-home' }],
  ['homekit', { category: 'smart-home' }],
  ['matter', { category: 'smart-home' }],
  ['knxip', { kind: 'gateway', category: 'smart-home' }],
  ['sonos', { kind: 'speaker', category: 'smart-home' }],
]);

export const protocol = {
  id: 'protocol',
  sources: ['Each protocol’s own specification, as cited in protocols/'],
  conclude,
} as const satisfies Identifier;

/** At most `likely`: a program on a server can speak anything. A hint stays a hint. */
function conclude({ fact, certainty }: Evidence): readonly Conclusion[] {
  const role = fact.kind === 'speaks' ? ROLES.get(fact.protocol) : undefined;
  if (role === undefined) return [];
  const capped = certainty === 'proved' ? 'likely' : 'hint';
  return [
    ...(role.kind === undefined
      ? []
      : [{ name: 'kind', value: role.kind, certainty: capped } as const]),
    ...(role.category === undefined
      ? []
      : [{ name: 'category', value: role.category, certainty: capped } as const]),
  ];
}
