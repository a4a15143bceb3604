import type { JSX, ReactNode } from 'react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { AttributeView, DeviceView, FindingItem } from '../../../../src/model/api/site.ts';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Severity } from '../../parts/severity.tsx';
import { Sheet } from '../../parts/sheet.tsx';
import { device as de } from '../../words/de/device.ts';
import { parts as deParts } from '../../words/de/parts.ts';
import { device as en } from '../../words/en/device.ts';
import { parts as enParts } from '../../words/en/parts.ts';
import { inEnglish, words } from '../../words/index.ts';
import { useMay } from '../may.ts';
import { LedgerTable } from './ledger-table.tsx';
import { Events } from './more.tsx';
import type { Edit } from './use-edit.ts';
import { Why } from './why.tsx';

const t = words(en, de);
const parts = words(enParts, deParts);

interface SummaryProps {
  readonly device: DeviceView;
  readonly edit: Edit;
  readonly onWho: () => void;
}

export function Summary({ device, edit, onWho }: SummaryProps): JSX.Element {
  return (
    <div className="device-grid">
      <div className="device-column">
        <Sheet title={t.findings}>
          {device.findingList.length === 0 ? (
            <p className="soft pad">{t.noFindings}</p>
          ) : (
            device.findingList.map((finding) => <Finding key={finding.id} finding={finding} />)
          )}
        </Sheet>
        <Sheet title={t.ports}>
          <LedgerTable rows={device.rows} name={t.ports} brief />
        </Sheet>
      </div>
      <div className="device-column">
        <IdentitySheet device={device} edit={edit} onWho={onWho} />
        <Sheet title={t.tabs.history}>
          <Events events={device.history.slice(0, 5)} />
        </Sheet>
      </div>
    </div>
  );
}

const ATTRIBUTES: Readonly<Record<string, string>> = t.attributes;
const EDITABLE = ['name', 'vendor', 'model', 'category'] as const;

function IdentitySheet({ device, edit, onWho }: SummaryProps): JSX.Element {
  const [asked, setAsked] = useState<AttributeView>();
  const mayEdit = useMay('triage');
  const takeBack = (name: (typeof EDITABLE)[number]): void => edit.save({ [name]: null });
  return (
    <Sheet title={t.identity}>
      <table className="plain identity" aria-label={t.identity}>
        <tbody>
          {device.attributes.map((attribute) => {
            const own = EDITABLE.find((name) => name === attribute.name);
            return (
              <tr key={`${attribute.name} ${attribute.value}`}>
                <th scope="row" className="soft">
                  {ATTRIBUTES[attribute.name] ?? attribute.name}
                </th>
                <td>{shownValue(attribute)}</td>
                <td className="soft">
                  {attribute.locked ? (
                    <span title={t.locked}>
                      <Icon name="lock" /> {parts.source.user}
                    </span>
                  ) : (
                    `${parts.certainty[attribute.certainty]}, ${parts.source[attribute.source]}`
                  )}
                </td>
                <td className="number">
                  {attribute.locked && mayEdit && own !== undefined ? (
                    <Button small disabled={edit.isSaving} onClick={() => takeBack(own)}>
                      {t.takeBack}
                    </Button>
                  ) : (
                    <Button
                      small
                      look="quiet"
                      aria-label={t.whyTitle(ATTRIBUTES[attribute.name] ?? attribute.name)}
                      onClick={() => setAsked(attribute)}
                    >
                      {t.why}
                    </Button>
                  )}
                </td>
              </tr>
            );
          })}
          <Extra name={t.robustness}>
            {ROBUSTNESS[device.robustness] ?? device.robustness}
            {device.robustnessReason !== '' && (
              <>
                : <span {...inEnglish}>{device.robustnessReason}</span>
              </>
            )}
          </Extra>
          <Extra name={t.keys}>
            {device.keys.map((key) => (
              <code key={key} className="key">
                {key}
              </code>
            ))}
          </Extra>
          {device.dossier !== undefined && (
            <Extra name={t.dossier}>
              {device.dossier.title} <span className="soft">({device.dossier.citation})</span>
            </Extra>
          )}
          {device.conflicts.length > 0 && (
            <Extra name={t.conflicts}>
              <span {...inEnglish}>{device.conflicts.join(' ')}</span>
            </Extra>
          )}
          {device.children.length > 0 && (
            <Extra name={t.children}>
              {device.children.map(({ id, name }) => (
                <Link key={id} href={`/devices/${encodeURIComponent(id)}`} className="child">
                  {name}
                </Link>
              ))}
            </Extra>
          )}
        </tbody>
      </table>
      {mayEdit && (
        <p className="pad">
          <Button small onClick={onWho}>
            {t.edit}
          </Button>
        </p>
      )}
      {asked !== undefined && (
        <Why
          what={`${ATTRIBUTES[asked.name] ?? asked.name}: ${asked.value}`}
          ids={asked.evidence}
          onClose={() => setAsked(undefined)}
        />
      )}
    </Sheet>
  );
}

const CATEGORIES: Readonly<Record<string, string>> = parts.category;

function shownValue({ name, value }: AttributeView): string {
  return name === 'category' ? (CATEGORIES[value] ?? value) : value;
}

const ROBUSTNESS: Readonly<Record<string, string>> = t.robustnessOf;

function Extra({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ReactNode;
}): JSX.Element {
  return (
    <tr>
      <th scope="row" className="soft">
        {name}
      </th>
      <td colSpan={3}>{children}</td>
    </tr>
  );
}

/** What is wrong, what can come of it, what to do. */
function Finding({ finding }: { readonly finding: FindingItem }): JSX.Element {
  const [asked, setAsked] = useState(false);
  return (
    <article className="finding" id={finding.id}>
      <Severity level={finding.severity} />
      <div>
        <p className="finding-summary" {...inEnglish}>
          {finding.summary}
        </p>
        <p>
          <span className="soft">{t.impact}: </span>
          <span {...inEnglish}>{finding.impact}</span>
        </p>
        <p>
          <span className="soft">{t.remedy}: </span>
          <span {...inEnglish}>{finding.remedy}</span>
        </p>
        {finding.clauses.length > 0 && (
          <p className="soft">
            {t.clauses}: {finding.clauses.join(', ')}
          </p>
        )}
      </div>
      <Button
        small
        look="quiet"
        aria-label={t.whyTitle(finding.summary)}
        onClick={() => setAsked(true)}
      >
        {t.why}
      </Button>
      {asked && (
        <Why what={finding.summary} ids={finding.evidence} onClose={() => setAsked(false)} />
      )}
    </article>
  );
}
