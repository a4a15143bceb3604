import type { AlertBook } from '../alerts/book.ts';
import { reveal } from '../base/untrusted.ts';
import { lastBackup } from '../io/daemon/backups.ts';
import type { Session } from '../io/site/session.ts';
import type { Alert } from '../model/alert.ts';
import type { Instant, Severity } from '../model/core.ts';
import { compareSeverity } from '../model/core.ts';
import type { Device } from '../model/device.ts';
import type { Site } from '../model/site.ts';
import type { Figure } from '../reports/nagios/result.ts';
import { count } from './format.ts';

/** What a mode is asked with. */
export interface Question {
  readonly session: Session;
  readonly site: Site;
  readonly book: AlertBook;
  readonly device: Device | undefined;
  readonly least: Severity;
  readonly now: Instant;
}

/** What a mode found, before ranges are laid upon it. */
export interface Answer {
  /** The figure that the ranges judge. */
  readonly figure: Figure;
  readonly text: string;
  readonly others?: readonly Figure[];
  /** Why nothing can be said: unknown, whatever the figure. */
  readonly blind?: string;
}

export interface Mode {
  /** Ranges that hold where none is given. */
  readonly warning: string;
  readonly critical: string;
  /** Which data it rests on, and how old that may be, in milliseconds. */
  readonly rests: 'traffic' | 'anything' | 'nothing';
  readonly maxAge: number;
  ask(question: Question): Answer;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

const ALERTS: Mode = {
  warning: '0',
  critical: '~:',
  rests: 'traffic',
  maxAge: 15 * MINUTE,
  ask: ({ book, device, least }) => {
    const open = [...book.open()]
      .map(({ alert }) => alert)
      .filter(({ severity }) => compareSeverity(severity, least) >= 0)
      .filter((alert) => device === undefined || isOf(alert, device))
      .sort((a, b) => b.last.at - a.last.at);
    const [newest] = open;
    const which = newest === undefined ? '' : `, newest ${newest.id} ${newest.last.type}`;
    return {
      figure: { label: 'alerts', value: open.length, min: 0 },
      text: `${count(open.length, 'open alert')} >= ${least}${which}`,
    };
  },
};

const FINDINGS: Mode = {
  warning: '0',
  critical: '~:',
  rests: 'anything',
  maxAge: 8 * DAY,
  ask: ({ site, device, least }) => {
    const found = site.findings
      .filter(({ severity }) => compareSeverity(severity, least) >= 0)
      .filter((finding) => device === undefined || finding.device === device.id)
      .sort((a, b) => compareSeverity(b.severity, a.severity));
    const [worst] = found;
    const which = worst === undefined ? '' : `, worst ${worst.id} ${worst.rule}`;
    return {
      figure: { label: 'findings', value: found.length, min: 0 },
      text: `${count(found.length, 'finding')} >= ${least}${which}`,
    };
  },
};

const DEVICES: Mode = {
  warning: '0',
  critical: '~:',
  rests: 'anything',
  maxAge: DAY,
  ask: ({ site, now }) => {
    const fresh = site.devices.filter(({ firstSeen }) => now - firstSeen < DAY);
    const [newest] = fresh.toSorted((a, b) => b.firstSeen - a.firstSeen);
    const which = newest === undefined ? '' : `, newest ${newest.id} ${reveal(newest.name)}`;
    return {
      figure: { label: 'new', value: fresh.length, min: 0 },
      others: [{ label: 'devices', value: site.devices.length, min: 0 }],
      text: `${count(fresh.length, 'new device')} since yesterday of ${site.devices.length}${which}`,
    };
  },
};

const DEVICE: Mode = {
  warning: '3600',
  critical: '86400',
  rests: 'nothing',
  maxAge: 0,
  ask: ({ site, book, device, now }) => {
    if (device === undefined) {
      const figure = { label: 'unseen', value: 0 };
      return { figure, text: '', blind: 'which device was not said: -H DEVICE' };
    }
    const age = seconds(now - device.lastSeen);
    const alerts = [...book.open()].filter(({ alert }) => isOf(alert, device)).length;
    const findings = site.findings.filter((one) => one.device === device.id).length;
    return {
      figure: { label: 'unseen', value: age, unit: 's', min: 0 },
      others: [
        { label: 'alerts', value: alerts, min: 0 },
        { label: 'findings', value: findings, min: 0 },
      ],
      text: `${device.id} ${reveal(device.name)} seen ${age} s ago, ${count(alerts, 'open alert')}`,
    };
  },
};

const SENSOR: Mode = {
  warning: '300',
  critical: '900',
  rests: 'nothing',
  maxAge: 0,
  ask: ({ session, now }) => {
    const last = newestTraffic(session);
    const figure = (value: number): Figure => ({ label: 'age', value, unit: 's', min: 0 });
    if (last === undefined) {
      return { figure: figure(0), text: '', blind: 'no traffic was ever seen: portolan watch' };
    }
    const age = seconds(now - last);
    return { figure: figure(age), text: `traffic was seen ${age} s ago` };
  },
};

const POLICY_DRIFT: Mode = {
  warning: '0',
  critical: '~:',
  rests: 'anything',
  maxAge: 8 * DAY,
  ask: ({ site, device }) => {
    const rows = site.ledger.filter((row) => device === undefined || row.device === device.id);
    const judged = rows.filter(
      ({ needed, allowed }) => needed.answer !== 'unknown' && allowed.answer !== 'unknown',
    );
    const drift = judged.filter(({ needed, allowed }) => needed.answer !== allowed.answer);
    return {
      figure: { label: 'drift', value: drift.length, min: 0 },
      others: [{ label: 'judged', value: judged.length, min: 0 }],
      text: `${count(drift.length, 'port')} where the firewall is not as the policy has it`,
      ...(judged.length > 0
        ? {}
        : { blind: 'no policy, or no firewall was read: portolan firewall' }),
    };
  },
};

const NOTIFY: Mode = {
  warning: '0',
  critical: '~:',
  rests: 'nothing',
  maxAge: 0,
  ask: ({ session }) => {
    const counts = session.store.outbox.counts();
    const of = (wanted: string): number =>
      counts.reduce((sum, { state, count: many }) => sum + (state === wanted ? many : 0), 0);
    return {
      figure: { label: 'parked', value: of('parked'), min: 0 },
      others: [{ label: 'waiting', value: of('waiting'), min: 0 }],
      text: `${count(of('parked'), 'notice')} given up, ${of('waiting')} waiting`,
    };
  },
};

/** A day, and an hour for whoever makes it; two days. */
const BACKUP: Mode = {
  warning: '90000',
  critical: '176400',
  rests: 'nothing',
  maxAge: 0,
  ask: ({ session, now }) => {
    const last = lastBackup(session.store);
    const figure = (value: number): Figure => ({ label: 'age', value, unit: 's', min: 0 });
    if (last === undefined) {
      return { figure: figure(0), text: '', blind: 'no backup was ever made: portolan backup' };
    }
    const age = seconds(now - last.at);
    return { figure: figure(age), text: `the last backup was made ${age} s ago: ${last.file}` };
  },
};

export const MODES: ReadonlyMap<string, Mode> = new Map([
  ['alerts', ALERTS],
  ['findings', FINDINGS],
  ['devices', DEVICES],
  ['device', DEVICE],
  ['sensor', SENSOR],
  ['policy-drift', POLICY_DRIFT],
  ['notify', NOTIFY],
  ['backup', BACKUP],
]);

/** When the newest conversation in the store ended. */
export function newestTraffic({ store }: Session): Instant | undefined {
  for (const { lastSeen } of store.flows({ limit: 1 })) return lastSeen;
  return undefined;
}

function isOf(alert: Alert, device: Device): boolean {
  const own = [...device.macs, ...device.addresses, ...device.keys];
  return alert.last.devices.some((key) => own.includes(key));
}

function seconds(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds / 1000));
}
