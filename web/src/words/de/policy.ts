import type { policy as en } from '../en/policy.ts';
import { number } from '../format.ts';
import { plural } from '../index.ts';

export const policy: typeof en = {
  title: 'Regeln',
  notYet: 'Noch hat niemand eine Richtlinie geschrieben: So würde sie beginnen.',
  file: 'Datei',
  version: 'Fassung',
  forms: 'Form der Regeln',
  words: 'Worte',
  yaml: 'YAML',
  rules: 'nftables',
  editor: 'Richtlinie als YAML',
  readOnly:
    'Auf einem so schmalen Bildschirm wird die Richtlinie gelesen, bestätigt und zurückgenommen, nicht geschrieben.',
  noRight: 'Ihre Rolle darf die Richtlinie lesen, nicht ändern.',
  checking: 'Wird geprüft …',
  valid: 'Kein Problem',
  problems: (errors, warnings) =>
    [
      errors > 0 && `${number(errors)} ${plural(errors, 'Fehler', 'Fehler')}`,
      warnings > 0 && `${number(warnings)} ${plural(warnings, 'Warnung', 'Warnungen')}`,
    ]
      .filter(Boolean)
      .join(', '),
  problemList: 'Probleme',
  error: 'Fehler',
  warning: 'Warnung',
  line: (line) => `Zeile ${line}`,
  lineColumn: (line, column) => `Zeile ${line}, Zeichen ${column}`,
  learned: 'gelernt',
  shadowed: 'entscheidet nie etwas, denn zuvor kommt',
  noRules: 'Noch keine Regel. Verwehrt ist nur, was eine Zone verwehrt.',
  rulesAbsent: 'Solange es Fehler gibt, gibt es keine Regeln zu zeigen.',

  effect: 'Wirkung auf aufgezeichneten Verkehr',
  effectSince: (since) => `seit ${since}`,
  effectAbsent: 'Solange es Fehler gibt, lässt sich nichts erproben.',
  noTraffic:
    'In dieser Zeit wurde kein Verkehr aufgezeichnet; niemand kann sagen, was dann nicht mehr ginge.',
  checked: 'Verbindungen geprüft',
  stillAllowed: 'weiterhin erlaubt',
  stillBlocked: 'weiterhin gesperrt',
  elsewhere: 'nicht durch die Firewall',
  elsewhereHelp:
    'Innerhalb eines Segments, Multicast oder kein IP: Kein Paket davon trifft die Regeln',
  newlyBlocked: 'neu gesperrt',
  newlyAllowed: 'neu erlaubt',
  wouldBlock: 'wäre gesperrt, auf Probe',
  groupTimes: (count) => `${number(count)}×`,
  tests: 'Tests',
  testsNone: 'Die Richtlinie hat keine Tests.',
  testsSum: (ok, bad) => `${number(ok)} ✓  ${number(bad)} ✕`,
  passed: 'besteht',
  failed: 'scheitert',
  lockOut: 'Ihr eigener Zugang',
  lockOutOk: 'bleibt',
  lockOutBad: 'ginge verloren',

  save: 'Speichern',
  saving: 'Wird gespeichert …',
  saved: 'Gespeichert',
  unsaved: 'Noch nicht gespeichert: Nur dieser Tab kennt, was Sie geschrieben haben.',
  discard: 'Verwerfen',
  learn: 'Lernen…',
  plan: 'Änderung anlegen…',
  planHint:
    'Übersetzt die gespeicherte Richtlinie und spielt aufgezeichneten Verkehr hindurch; angewandt wird noch nichts.',
  saveFirst: 'Erst speichern: Eine Änderung entsteht aus der gespeicherten Richtlinie.',
  changedElsewhere: 'Inzwischen hat jemand anderes die Richtlinie gespeichert.',

  conflict: 'Inzwischen hat jemand anderes gespeichert',
  conflictLead:
    'Zeilen, die nur Ihre Fassung hat (+), und solche, die nur die gespeicherte hat (−):',
  conflictAdded: 'nur in Ihrer',
  conflictRemoved: 'nur in der gespeicherten',
  keepMine: 'Meine darüber speichern',
  takeTheirs: 'Meine verwerfen, deren nehmen',
  back: 'Weiter bearbeiten',

  learnTitle: 'Aus dem Verkehr lernen',
  learnLead:
    'Für Gesehenes werden Regeln mit ihren Belegen vorgeschlagen; das Übrige wird gefragt, nie geraten. Gespeichert wird nichts.',
  learnDevice: 'Gerät',
  learnAll: 'Leer: alle Geräte.',
  learnRun: 'Regeln vorschlagen',
  learning: 'Aufgezeichneter Verkehr wird durchgesehen …',
  learnedRules: (count) =>
    count === 0
      ? 'Keine neue Regel: Die Richtlinie deckt ab, was gesehen wurde.'
      : `${number(count)} neue ${plural(count, 'Regel', 'Regeln')}.`,
  questions: 'Offene Fragen',
  use: 'In den Editor übernehmen',

  inForce: 'In Kraft',
  inForceNone: 'nichts von uns',
  pending: 'Wartet auf Bestätigung',
  drift: 'Unsere Tabelle wurde von Hand geändert',
  changes: 'Alle Änderungen',
};
