import { PortolanError } from '../base/errors.ts';
import { closest } from '../base/suggest.ts';
import { ARTICLE_PROTOCOLS } from '../knowledge/article.ts';
import { ARTICLE_DEVICES } from '../knowledge/article-devices.ts';
import type { Claim } from '../knowledge/claims.ts';
import { findClaims } from '../knowledge/claims.ts';
import type { Input } from './command.ts';
import { jsonList } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

const CLAIMS: readonly Claim[] = [...ARTICLE_PROTOCOLS, ...ARTICLE_DEVICES];

export function runClaim(shell: Shell, input: Input): Promise<number> {
  const [subject, port] = input.args;
  const found = subject === undefined ? CLAIMS : findClaims(CLAIMS, subject, port);
  if (found.length === 0) throw unknown(subject ?? '', port);
  if (shell.json) shell.out(jsonList(shell, 'claims', found));
  else if (subject === undefined) shell.out(overview(shell, found));
  else for (const claim of found) shell.out(inFull(claim));
  return Promise.resolve(0);
}

function overview(shell: Shell, claims: readonly Claim[]): string {
  return table<Claim>(
    shell,
    [
      { title: 'Subject', value: ({ subject }) => subject },
      { title: 'Ports', value: ({ ports }) => ports },
      { title: 'Verdict', value: ({ verdict }) => verdict },
      { title: 'Answer', value: ({ answer }) => answer },
    ],
    claims,
  );
}

function inFull({ subject, ports, statement, verdict, answer, evidence }: Claim): string {
  return `${[
    `${subject}${ports === '' ? '' : ` ${ports}`}: ${verdict}`,
    `  The article: ${statement}`,
    `  ${answer}`,
    ...evidence.map(({ text, source }) => `  - ${text} (${source.document}, ${source.date})`),
  ].join('\n')}\n`;
}

function unknown(subject: string, port: string | undefined): PortolanError {
  const near = closest(
    subject,
    CLAIMS.map((claim) => claim.subject),
  );
  const known = CLAIMS.some(
    (claim) => claim.subject === subject || claim.aliases.includes(subject),
  );
  return new PortolanError(
    'E_NOT_FOUND',
    known
      ? `The article says nothing of ${subject} on port ${port ?? ''}`
      : `The article says nothing of "${subject}"`,
    {
      remedy:
        near === undefined || known
          ? 'See all: portolan claim'
          : `Did you mean: portolan claim ${near}`,
    },
  );
}
