import { z } from 'zod';
import { eventStream } from '../event-stream.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { statusView } from '../schemas.ts';

const TAG = 'daemon';

/** Of the daemon itself. */
export const system: readonly Route[] = [
  route({
    id: 'getStatus',
    method: 'get',
    path: '/status',
    scope: 'read',
    summary: 'Whether everything works, and since when not',
    tag: TAG,
    answer: { kind: 'json', schema: statusView },
    run: ({ context }) => ({ kind: 'json', value: context.status() }),
  }),
  route({
    id: 'listenToEvents',
    method: 'get',
    path: '/events',
    scope: 'read',
    summary: 'What happens, as it happens (server-sent events)',
    tag: TAG,
    query: z.object({
      types: z
        .string()
        .regex(/^[a-z.]+(?:,[a-z.]+)*$/)
        .max(200)
        .optional(),
      last: z.string().max(64).optional(),
    }),
    answer: { kind: 'media', media: 'text/event-stream' },
    run: ({ context, query, signal, lastEventId }) => ({
      kind: 'media',
      media: 'text/event-stream',
      body: eventStream(context.events, {
        types: query.types?.split(',') ?? [],
        lastId: lastEventId ?? query.last,
        signal,
      }),
    }),
  }),
];
