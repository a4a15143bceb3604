import type { JSX } from 'react';
import type { EvidenceView } from '../../../../src/model/api/site.ts';
import { useApi } from '../../api/hooks.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { device as de } from '../../words/de/device.ts';
import { parts as deParts } from '../../words/de/parts.ts';
import { device as en } from '../../words/en/device.ts';
import { parts as enParts } from '../../words/en/parts.ts';
import { inEnglish, words } from '../../words/index.ts';

const t = words(en, de);
const parts = words(enParts, deParts);

/** Pieces of evidence that are shown; the newest say the most. */
const SHOWN = 8;

interface WhyProps {
  readonly what: string;
  readonly ids: readonly number[];
  readonly onClose: () => void;
}

/** Why we think so: who saw what, when, and the bytes where there are any. */
export function Why({ what, ids, onClose }: WhyProps): JSX.Element {
  return (
    <Dialog title={t.whyTitle(what)} onClose={onClose} wide>
      {ids.slice(-SHOWN).map((id) => (
        <Evidence key={id} id={id} />
      ))}
    </Dialog>
  );
}

function Evidence({ id }: { readonly id: number }): JSX.Element {
  const { data, error } = useApi<EvidenceView>(`evidence/${id}`);
  if (data === undefined) return error === null ? <Loading /> : <Failed error={error} />;
  return (
    <article className="evidence">
      <h3 {...inEnglish}>{data.text}</h3>
      <p className="soft">
        {t.evidence(String(data.id))} · <Time at={data.at} /> · {parts.source[data.source]} ·{' '}
        {t.observedBy(data.observer)} · <code>{data.subject}</code> ·{' '}
        {parts.certainty[data.certainty]}
      </p>
      <Bytes name={t.request} hex={data.request} />
      <Bytes name={t.response} hex={data.response} />
    </article>
  );
}

const BYTES_A_LINE = 16;

function Bytes({
  name,
  hex = '',
}: {
  readonly name: string;
  readonly hex: string | undefined;
}): JSX.Element | null {
  if (hex === '') return null;
  return (
    <figure className="bytes">
      <figcaption className="soft">{name}</figcaption>
      <pre>{dump(hex)}</pre>
    </figure>
  );
}

/** Sixteen bytes a line, with the characters that can be shown beside them. */
export function dump(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
    const line = bytes.slice(at, at + BYTES_A_LINE);
    const digits = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = line.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.'));
    lines.push(
      `${at.toString(16).padStart(4, '0')}  ${digits.padEnd(BYTES_A_LINE * 3)} ${text.join('')}`,
    );
  }
  return lines.join('\n');
}
