import type { JSX } from 'react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Need } from '../../../../src/model/api/site.ts';
import { Button } from '../../parts/button.tsx';
import { Severity } from '../../parts/severity.tsx';
import { Empty } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { overview as de } from '../../words/de/overview.ts';
import { overview as en } from '../../words/en/overview.ts';
import { number } from '../../words/format.ts';
import { inEnglish, words } from '../../words/index.ts';
import { withoutName } from './without-name.ts';

const t = words(en, de);

/** So many are seen at once; the worst are among them. */
const FIRST = 8;

/** What a person has to do, the worst first, each with the step that comes next. */
export function Needs({ needs }: { readonly needs: readonly Need[] }): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? needs : needs.slice(0, FIRST);
  return (
    <section className="sheet needs">
      <h2>{t.needsYou(number(needs.length))}</h2>
      {needs.length === 0 ? (
        <Empty title={t.nothingToDo}>
          <p>{t.nothingToDoMore}</p>
        </Empty>
      ) : (
        <ul>
          {shown.map((need) => (
            <li key={`${need.kind} ${need.id}`}>
              <Mark need={need} />
              <p>
                {need.device !== undefined && (
                  <Link href={deviceHref(need)}>{need.device.name}</Link>
                )}{' '}
                <span {...inEnglish}>{withoutName(need.text, need.device)}</span>
              </p>
              <span className="soft nowrap">
                <Time at={need.at} />
              </span>
              <Steps need={need} />
            </li>
          ))}
        </ul>
      )}
      {shown.length < needs.length && (
        <p className="needs-more">
          <Button small onClick={() => setWhole(true)}>
            {t.showAll(number(needs.length))}
          </Button>
        </p>
      )}
    </section>
  );
}

const deviceHref = (need: Need): string =>
  `/devices/${encodeURIComponent(need.device?.id ?? need.id)}`;

function Mark({ need }: { readonly need: Need }): JSX.Element {
  if (need.kind === 'unknown-device') return <span className="mark">? {t.newDevice}</span>;
  if (need.kind === 'blind') return <span className="mark">◌ {t.blind}</span>;
  if (need.kind === 'change') return <span className="mark">⇄ {t.change}</span>;
  return <Severity level={need.severity} />;
}

function Steps({ need }: { readonly need: Need }): JSX.Element {
  const id = encodeURIComponent(need.id);
  const steps: Readonly<Record<Need['kind'], readonly (readonly [string, string])[]>> = {
    alert: [
      [t.review, `/alerts/${id}`],
      [t.contain, `/alerts/${id}?contain=1`],
    ],
    finding: [[t.fix, `${deviceHref(need)}?tab=summary#${id}`]],
    'unknown-device': [[t.who, `${deviceHref(need)}?who=1`]],
    change: [[t.decide, `/changes/${id}`]],
    blind: [[t.state, '/?health=1']],
  };
  return (
    <span className="steps">
      {steps[need.kind].map(([label, href]) => (
        <Link key={href} href={href} className="button small">
          {label}
        </Link>
      ))}
    </span>
  );
}
