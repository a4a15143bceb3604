import type { Evidence } from '../model/evidence.ts';
import type { Site } from '../model/site.ts';

/** The contract of a file in this folder: everything believed → one text. Nothing is written here. */
export interface Report {
  /** The name for `--format`; also the file's name. */
  readonly id: string;
  readonly title: string;
  /** With dot; `-o report.html` picks the report by it. */
  readonly extension: string;
  /**
   * Chunks of the whole document, so that a large one never stands in memory at once. Every text
   * goes through the encoder of this format (`base/encode.ts`), ours and foreign alike.
   */
  render(site: Site, options: ReportOptions): Iterable<string>;
}

export interface ReportOptions {
  /** Of the product, for the document's foot. */
  readonly version: string;
  /** What the report could not see, one sentence each. */
  readonly limits: readonly string[];
  /**
   * Looks evidence up by id, so that a finding can show the bytes that it rests on; without it the
   * report names the ids only.
   */
  readonly evidence?: (id: number) => Evidence | undefined;
}
