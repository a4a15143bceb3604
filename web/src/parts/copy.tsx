import type { JSX } from 'react';
import { useState } from 'react';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { words } from '../words/index.ts';
import { Icon } from './icon.tsx';
import { say } from './toast.tsx';

const t = words(en, de);

/** Without a secure context there is no clipboard: then the text is selected for the person to copy. */
async function toClipboard(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(t.copied(text));
  } catch {
    window.prompt(t.copyByHand, text);
  }
}

export function Copy({
  text,
  label,
}: {
  readonly text: string;
  readonly label?: string;
}): JSX.Element {
  return (
    <button
      type="button"
      className={label === undefined ? 'copy' : 'button small'}
      aria-label={label === undefined ? t.copy(text) : undefined}
      title={text}
      onClick={() => void toClipboard(text)}
    >
      {label ?? <Icon name="copy" />}
    </button>
  );
}

/** An id, selectable and with its button to copy. */
export function Id({ id }: { readonly id: string }): JSX.Element {
  return (
    <span className="id">
      <code>{id}</code>
      <Copy text={id} />
    </span>
  );
}

/** A command that shows what a filter leaves of it, for a shell. */
export function filtered(command: string, filter: string): string {
  return filter === '' ? command : `${command} --filter ${shellWord(filter)}`;
}

/** The same list as a command, in the order that is on the screen. */
export function listed({ resource, command, usual }: List, filter: string, sort: string): string {
  if (sort === usual) return filtered(command, filter);
  const expression = filter === '' ? '' : ` ${shellWord(filter)}`;
  return `portolan query --resource ${resource}${expression} --sort ${sort}`;
}

interface List {
  readonly resource: string;
  /** What prints it, in its usual order. */
  readonly command: string;
  readonly usual: string;
}

const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The same view as a command, as a request, and as an address to send to somebody. */
export function CopyAs({ cli, api }: { readonly cli: string; readonly api: string }): JSX.Element {
  const [shown, setShown] = useState<string>();
  const request = `curl -H "Authorization: Bearer $TOKEN" ${shellWord(api)}`;
  const ways = [
    { name: t.asCli, text: cli },
    { name: t.asApi, text: request },
    { name: t.asLink, text: location.href },
  ];
  return (
    <footer className="copy-as">
      <span>{t.copyAs}</span>
      {ways.map(({ name, text }) => (
        <button
          key={name}
          type="button"
          className="button small"
          title={text}
          onFocus={() => setShown(text)}
          onClick={() => void toClipboard(text)}
        >
          {name}
        </button>
      ))}
      <code className="copy-text">{shown ?? cli}</code>
    </footer>
  );
}
