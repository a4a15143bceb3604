import type { NewEvidence } from '../model/evidence.ts';

/** The contract of a file in this folder: a document of another tool → evidence. */
export interface Importer {
  /** The name for `--as`; also the file's name. */
  readonly id: string;
  readonly title: string;
  readonly sources: readonly string[];
  /** Whether a file that starts so is one of these; `start` is at most 4 KiB. */
  recognise(start: Uint8Array): boolean;
  /**
   * Reads a whole document. Never throws: what is damaged is reported in `problems` with its line,
   * and everything before and after it is kept.
   */
  read(document: Uint8Array, options: ImportOptions): Imported;
}

export interface ImportOptions {
  /** For documents without times of their own. */
  readonly at: number;
  /** `nmap:scan.xml`. */
  readonly observer: string;
  /** Address of the machine that the document is of, where its reader knows it. */
  readonly router?: string;
}

export interface Imported {
  readonly evidence: readonly NewEvidence[];
  readonly problems: readonly ImportProblem[];
}

export interface ImportProblem {
  /** From 1. */
  readonly line: number;
  readonly why: string;
}
