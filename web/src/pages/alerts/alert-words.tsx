import type { JSX } from 'react';
import { Link } from 'wouter';
import type { AlertItem } from '../../../../src/model/api/alerts.ts';
import type { Named } from '../../../../src/model/api/common.ts';

const SHOWN = 3;

/** Devices by their names, each leading to its page. */
export function Devices({ devices }: { readonly devices: readonly Named[] }): JSX.Element {
  return (
    <span>
      {devices.slice(0, SHOWN).map(({ id, name }, index) => (
        <span key={id}>
          {index > 0 && ', '}
          <Link href={`/devices/${id}`}>{name}</Link>
        </span>
      ))}
      {devices.length > SHOWN && ` +${devices.length - SHOWN}`}
    </span>
  );
}

/** `23/tcp`; nothing where an alert is about no port. */
export function serviceText({ port, transport }: AlertItem): string {
  if (port === undefined) return '';
  return transport === undefined ? String(port) : `${port}/${transport}`;
}
