import type { Citation } from './dossier.ts';

/**
 * `supported`: sources say so. `incomplete`: right, but acting on it alone breaks something or
 * leaves something out. `unsupported`: no source was found. `refuted`: sources say otherwise.
 */
export type ClaimVerdict = 'supported' | 'incomplete' | 'unsupported' | 'refuted';

/** One statement of the article *What ports do IoT devices use?*, and what the sources say of it. */
export interface Claim {
  /** `nest`, `hue`, `http`: what a person types first. */
  readonly subject: string;
  readonly aliases: readonly string[];
  /** `8080`, `8000-9000`; empty where the article gives no number. */
  readonly ports: string;
  /** What the article says, in our words. */
  readonly statement: string;
  readonly verdict: ClaimVerdict;
  /** What to do or to expect instead. */
  readonly answer: string;
  readonly evidence: readonly ClaimEvidence[];
}

export interface ClaimEvidence {
  readonly text: string;
  readonly source: Citation;
}

/** Claims on a subject, on a port of it, or on a port whatever the subject. */
export function findClaims(
  claims: readonly Claim[],
  subject: string,
  port: string | undefined,
): readonly Claim[] {
  const word = subject.toLowerCase();
  const named = claims.filter(
    (claim) =>
      claim.subject === word ||
      claim.aliases.includes(word) ||
      (port === undefined && claim.ports === word.split('/')[0]),
  );
  return port === undefined
    ? named
    : named.filter(({ ports }) => covers(ports, port.split('/')[0] ?? ''));
}

function covers(ports: string, wanted: string): boolean {
  if (ports === wanted) return true;
  const [from, to] = ports.split('-').map(Number);
  const port = Number(wanted);
  return from !== undefined && to !== undefined && from <= port && port <= to;
}
