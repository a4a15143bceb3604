import type { JSX } from 'react';
import type { PolicyCheck } from '../../../../src/model/api/policy.ts';
import { useParam } from '../../address.ts';
import { NARROW, useMedia } from '../../media.ts';
import { Empty, Loading } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { policy as de } from '../../words/de/policy.ts';
import { policy as en } from '../../words/en/policy.ts';
import { inEnglish, words } from '../../words/index.ts';
import { Code } from './code.tsx';
import { Editor } from './editor.tsx';
import { ruleTokensOf } from './highlight.ts';
import { ProblemList } from './problem-list.tsx';

const t = words(en, de);

const FORMS = ['words', 'yaml', 'rules'] as const;

interface RuleFormsProps {
  readonly text: string;
  readonly check: PolicyCheck | undefined;
  readonly readOnly: boolean;
  readonly onChange: (text: string) => void;
}

/** The same rules in words, as they are written, and as the firewall gets them. */
export function RuleForms({ text, check, readOnly, onChange }: RuleFormsProps): JSX.Element {
  // On a telephone one reads.
  const usual = useMedia(NARROW) ? 'words' : 'yaml';
  const [form, setForm] = useParam('form', usual);
  const current = FORMS.find((one) => one === form) ?? usual;
  return (
    <section className="sheet policy-rules" aria-label={t.title}>
      <Tabs
        name={t.forms}
        tabs={FORMS.map((key) => ({ key, label: t[key] }))}
        current={current}
        onChange={setForm}
      >
        {current === 'yaml' && (
          <Editor
            text={text}
            problems={check?.problems ?? []}
            readOnly={readOnly}
            onChange={onChange}
          />
        )}
        {current === 'words' && (check === undefined ? <Loading /> : <Words check={check} />)}
        {current === 'rules' && (check === undefined ? <Loading /> : <Rules check={check} />)}
      </Tabs>
    </section>
  );
}

function Words({ check }: { readonly check: PolicyCheck }): JSX.Element {
  if (check.words.length === 0) return <Empty title={t.noRules} />;
  return (
    <>
      <ol className="rule-words">
        {check.words.map(({ rule, line, text, learned, shadowed }) => (
          <li key={`${line} ${rule}`} data-shadowed={shadowed !== undefined}>
            <p {...inEnglish}>{text}</p>
            <p className="soft">
              <code>{rule}</code> · {t.line(line)}
              {learned && <span className="tag">{t.learned}</span>}
              {shadowed !== undefined && (
                <span>
                  {' '}
                  · ◆ {t.shadowed} <span {...inEnglish}>{shadowed}</span>
                </span>
              )}
            </p>
          </li>
        ))}
      </ol>
      <ProblemList problems={check.problems} />
    </>
  );
}

function Rules({ check }: { readonly check: PolicyCheck }): JSX.Element {
  if (check.rules === undefined) {
    return (
      <>
        <Empty title={t.rulesAbsent} />
        <ProblemList problems={check.problems} />
      </>
    );
  }
  return <Code name={t.rules} text={check.rules} tokens={ruleTokensOf} />;
}
