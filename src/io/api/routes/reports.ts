import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { PortolanError } from '../../../base/errors.ts';
import { closest } from '../../../base/suggest.ts';
import type { Evidence } from '../../../model/evidence.ts';
import { reports as all } from '../../../reports/index.ts';
import type { Report } from '../../../reports/report.ts';
import { LIMITS } from '../../../reports/shared/limits.ts';
import type { Store } from '../../store/store.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { reportItem } from '../view-schemas/daemon.ts';

const TAG = 'reports';
/** Chunks of a document that are made before others have their turn. */
const SLICE = 64;

const MEDIA: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  xml: 'application/xml',
};

/** Everything believed as one document. */
export const reports: readonly Route[] = [
  route({
    id: 'listReports',
    method: 'get',
    path: '/reports',
    scope: 'read',
    tag: TAG,
    summary: 'Documents that can be had',
    answer: { kind: 'json', schema: z.array(reportItem) },
    run: () => ({
      kind: 'json',
      value: all.all.map(({ id, title, extension }) => ({ id, title, extension })),
    }),
  }),
  route({
    id: 'getReport',
    method: 'get',
    path: '/reports/{id}',
    scope: 'read',
    tag: TAG,
    summary: 'One of them, as a file',
    params: z.object({ id: z.string().max(40) }),
    answer: { kind: 'media', media: 'application/octet-stream' },
    run: ({ context, params, signal }) => {
      const report = find(params.id);
      const { site } = context.site();
      const { store } = context.session;
      const chunks = report.render(site, {
        version: context.version,
        limits: LIMITS,
        evidence: (id) => evidenceAt(store, id),
      });
      return {
        kind: 'media',
        media: MEDIA[report.extension.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
        body: inTurns(chunks, signal),
        file: `portolan${report.extension}`,
      };
    },
  }),
];

/** @throws PortolanError E_NOT_FOUND */
function find(id: string): Report {
  const report = all.get(id);
  if (report !== undefined) return report;
  const known = all.all.map((one) => one.id);
  const near = closest(id, known);
  throw new PortolanError('E_NOT_FOUND', `There is no report "${id}"`, {
    remedy: near === undefined ? `One of: ${known.join(', ')}` : `Did you mean ${near}?`,
  });
}

function evidenceAt(store: Pick<Store, 'evidence'>, id: number): Evidence | undefined {
  const [found] = store.evidence({ after: id - 1, until: id });
  return found;
}

/** A large document holds nobody up, and ends with whoever asked for it. */
async function* inTurns(chunks: Iterable<string>, signal: AbortSignal): AsyncIterable<string> {
  let count = 0;
  for (const chunk of chunks) {
    if (signal.aborted) return;
    yield chunk;
    count += 1;
    if (count % SLICE === 0) await setImmediate();
  }
}
