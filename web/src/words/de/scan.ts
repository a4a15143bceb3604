import type { scan as en } from '../en/scan.ts';
import { number } from '../format.ts';
import { plural } from '../index.ts';

export const scan: typeof en = {
  now: 'Jetzt scannen',
  none: 'Noch wurde nichts gescannt',
  noneText: 'Was der Verkehr allein nicht zeigt, findet ein Scan: offene Ports, die niemand nutzt.',
  running: 'Scan läuft',
  ask: 'Scannen…',
  started: 'Begonnen',
  outcome: 'Ausgang',
  title: 'Jetzt scannen',
  lead: 'Findet Geräte und offene Ports und benennt, was wirklich antwortet. Nur vollständige Verbindungen; nichts wird geschrieben, kein Passwort probiert.',
  targets: 'Was angesehen wird',
  scope: 'Der eingestellte Bereich',
  scopeOf: (networks) => `Der eingestellte Bereich: ${networks}`,
  own: 'Nur diese',
  ownHint:
    'Adressen, Netze, device:NAME oder zone:NAME, mit Leerzeichen dazwischen. Nie außerhalb des Bereichs.',
  pace: 'Tempo',
  paces: {
    gentle: 'sanft',
    polite: 'höflich',
    normal: 'normal',
    fast: 'schnell',
  },
  paceHelp: {
    gentle: 'eine Verbindung auf einmal, für alte und empfindliche Geräte',
    polite: 'höchstens 2 neue Verbindungen je Sekunde und Gerät; die Vorgabe',
    normal: 'schneller, für Geräte, die als robust bekannt sind',
    fast: 'so schnell robuste Geräte es vertragen; alle anderen höflich',
  },
  ports: 'Ports',
  portSets: { '': 'von IoT-Geräten', ot: 'von Steuerungen', all: 'alle 65 535' },
  start: 'Scan beginnen',
  starting: 'Wird begonnen …',
  noRight: 'Ihre Rolle darf ansehen, nicht scannen.',
  stop: 'Anhalten und Gefundenes behalten',
  stopping: 'Wird angehalten …',
  phases: {
    elsewhere: 'läuft in einem anderen Prozess, der zeigt, wie weit er ist',
    waiting: 'wartet auf den Scan davor',
    discover: 'sucht Geräte',
    ports: 'fragt Ports',
    identify: 'benennt, was antwortet',
    done: 'fertig',
  },
  progress: 'Fortschritt',
  done: (done, total) => `${number(done)} von ${number(total)} gefragt`,
  left: (time) => `noch etwa ${time}`,
  leftUnknown: 'die übrige Zeit ist noch nicht bekannt',
  found: (devices, services) =>
    `${number(devices)} ${plural(devices, 'Gerät', 'Geräte')}, ${number(services)} ${plural(services, 'offener Dienst', 'offene Dienste')}`,
  at: 'Jetzt bei',
  sent: 'Bisher gesendet',
  sentInAll: 'Gesendet',
  budget: (connections, datagrams) =>
    `${number(connections)} ${plural(connections, 'Verbindung', 'Verbindungen')}, ${number(datagrams)} ${plural(datagrams, 'Datagramm', 'Datagramme')}`,
  outcomes: {
    running: 'läuft',
    complete: 'vollständig',
    interrupted: 'angehalten; Gefundenes bleibt',
    partial: 'vollständig bis auf das Vermerkte',
  },
  devices: 'Geräte zeigen',
  earlier: 'Frühere Scans',
};
