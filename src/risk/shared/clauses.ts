/**
 * Clauses of standards by class of finding. EN 303 645 is V3.1.3 (2024-09); CRA is Regulation (EU)
 * 2024/2847, Annex I Part I point (2); IEC 62443-3-3:2013 and 62443-4-2:2019; NIST IR 8425
 * (2022-09-19) and 8259A (2020-05-29). Looked up on 2026-11-25: the provisions of EN 303 645 in its
 * implementation conformance table (V3.1.3 has 5.6-4A and 5.6-4B for the former 5.6-4), the points of the CRA in its final numbering, the
 * SR and CR numbers in public mappings of IEC 62443 (the standard itself is not free).
 */
const INTERFACES = [
  'NIST IR 8425 Interface Access Control',
  'NIST IR 8259A Logical Access to Interfaces',
] as const;
const DATA = ['NIST IR 8425 Data Protection', 'NIST IR 8259A Data Protection'] as const;

/** An open service that nobody needs or that nobody documented. */
export const ATTACK_SURFACE = [
  'ETSI EN 303 645 5.6-1',
  'ETSI EN 303 645 5.6-5',
  'CRA Annex I Part I (2)(b)',
  'CRA Annex I Part I (2)(j)',
  ...INTERFACES,
  'IEC 62443-3-3 SR 7.7',
  'IEC 62443-4-2 CR 7.7',
] as const;

/** Control or configuration without showing who one is. */
export const AUTHENTICATION = [
  'ETSI EN 303 645 5.5-4',
  'ETSI EN 303 645 5.5-5',
  'CRA Annex I Part I (2)(d)',
  ...INTERFACES,
  'IEC 62443-3-3 SR 1.1',
  'IEC 62443-3-3 SR 1.2',
  'IEC 62443-4-2 CR 1.1',
] as const;

/** One secret that all devices of a kind have. */
export const UNIVERSAL_SECRET = [
  'ETSI EN 303 645 5.1-1',
  'CRA Annex I Part I (2)(b)',
  'CRA Annex I Part I (2)(d)',
  'NIST IR 8425 Interface Access Control',
  'NIST IR 8425 Product Configuration',
  'IEC 62443-3-3 SR 1.5',
] as const;

export const CLEARTEXT = [
  'ETSI EN 303 645 5.5-1',
  'ETSI EN 303 645 5.5-6',
  'ETSI EN 303 645 5.8-1',
  'CRA Annex I Part I (2)(e)',
  ...DATA,
  'IEC 62443-3-3 SR 3.1',
  'IEC 62443-3-3 SR 4.1',
] as const;

export const WEAK_CRYPTOGRAPHY = [
  'ETSI EN 303 645 5.5-1',
  'CRA Annex I Part I (2)(e)',
  ...DATA,
  'IEC 62443-3-3 SR 4.3',
] as const;

/** Software that has to be kept up to date, and that nobody may deliver with known holes. */
export const KNOWN_VULNERABILITY = [
  'ETSI EN 303 645 5.3-8',
  'CRA Annex I Part I (2)(a)',
  'CRA Annex I Part I (2)(c)',
  'NIST IR 8425 Software Update',
  'NIST IR 8259A Software Update',
] as const;

export const HARM_TO_OTHERS = [
  'ETSI EN 303 645 5.6-1',
  'CRA Annex I Part I (2)(i)',
  'NIST IR 8425 Interface Access Control',
  'IEC 62443-3-3 SR 7.1',
] as const;

/** What writes or commands without a right to. */
export const INTEGRITY = [
  'CRA Annex I Part I (2)(f)',
  'IEC 62443-3-3 SR 2.1',
  'IEC 62443-3-3 SR 6.2',
] as const;

/** Whose identity is in doubt, or unknown. */
export const INVENTORY = ['NIST IR 8425 Asset Identification', 'IEC 62443-3-3 SR 7.8'] as const;

export const ETSI = 'ETSI EN 303 645 V3.1.3 (2024-09)';

/** For a finding of two classes: the clauses of both, each once. */
export function both(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}
