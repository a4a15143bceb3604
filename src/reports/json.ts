import { forJson } from '../base/encode.ts';
import { isoInstant } from '../base/instant.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Site } from '../model/site.ts';
import type { Report, ReportOptions } from './report.ts';
import { rankFindings } from './shared/view.ts';

/** Members may be added within a version; none is renamed, removed or given another meaning. */
export const SITE_SCHEMA = 'portolan/site/v1';

/** Everything that is believed, for programs: docs/reference/site.schema.json describes it. */
export const json = {
  id: 'json',
  title: 'One JSON document with everything, for programs',
  extension: '.json',
  *render(site, options) {
    const head = {
      schema: SITE_SCHEMA,
      generated: isoInstant(site.at),
      generator: `portolan ${options.version}`,
      at: site.at,
      limits: options.limits,
    };
    yield `{\n${Object.entries(head)
      .map(([name, value]) => member(name, value))
      .join(',\n')}`;
    for (const [name, items] of listsOf(site, options)) {
      yield `,\n  ${forJson(name)}: [`;
      for (const [index, item] of items.entries()) {
        yield `${index === 0 ? '' : ','}\n    ${forJson(item)}`;
      }
      yield items.length === 0 ? ']' : '\n  ]';
    }
    yield '\n}\n';
  },
} as const satisfies Report;

function member(name: string, value: unknown): string {
  return `  ${forJson(name)}: ${forJson(value)}`;
}

function listsOf(site: Site, options: ReportOptions): readonly [string, readonly unknown[]][] {
  return [
    ['devices', site.devices],
    ['services', site.services],
    ['ledger', site.ledger],
    ['findings', rankFindings(site.findings)],
    ['scans', site.scans],
    ['evidence', cited(site, options)],
  ];
}

/** The evidence on which findings rest, so that the document proves what it says. */
function cited(site: Site, { evidence }: ReportOptions): readonly Evidence[] {
  if (evidence === undefined) return [];
  const ids = new Set(site.findings.flatMap((finding) => finding.evidence));
  return [...ids]
    .sort((a, b) => a - b)
    .map(evidence)
    .filter((one) => one !== undefined);
}
