import { z } from 'zod';
import type { Route } from './route.ts';

type Json = Readonly<Record<string, unknown>>;

const REF = '#/components/schemas/';

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'remedy'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    remedy: { type: 'string' },
    at: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'message'],
        properties: { pointer: { type: 'string' }, message: { type: 'string' } },
      },
    },
    current: {
      type: 'object',
      required: ['version', 'difference'],
      properties: { version: { type: 'string' }, difference: { type: 'string' } },
    },
  },
};

/** The OpenAPI 3.1 document, from the list by which the server itself works. */
export function openApi(routes: readonly Route[], version: string): Json {
  const schemas: Record<string, unknown> = { Problem: problem };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    paths[route.path] = path;
    path[route.method] = operation(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Portolan',
      version,
      description:
        'Every port that the devices of a network use, what they need, and what may pass.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    // Relative to this document, whatever path a proxy has put before it.
    servers: [{ url: '.' }],
    security: [{ token: [] }, { session: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'portolan token create' },
        session: { type: 'apiKey', in: 'cookie', name: 'portolan' },
      },
    },
  };
}

function operation(route: Route, schemas: Record<string, unknown>): Json {
  const { id, summary, tag, scope, body, params, query } = route;
  const name = id.charAt(0).toUpperCase() + id.slice(1);
  const take = (schema: z.ZodType, io: 'input' | 'output', part: string): Json =>
    hoisted(schema, io, name + part, schemas);
  return {
    operationId: id,
    summary,
    tags: [tag],
    description: scope === 'anyone' ? 'Anybody may ask.' : `Takes the scope \`${scope}\`.`,
    ...(scope === 'anyone' ? { security: [] } : {}),
    parameters: [
      ...parameters('path', params),
      ...parameters('query', query),
      ...dryRun(route),
      ...headers(route),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !body.safeParse(undefined).success,
            content: { 'application/json': { schema: take(body, 'input', 'Body') } },
          },
        }),
    responses: { ...success(route, take), default: failure() },
  };
}

function success(
  { answer }: Route,
  take: (schema: z.ZodType, io: 'output', part: string) => Json,
): Json {
  switch (answer.kind) {
    case 'json': {
      const schema = take(answer.schema, 'output', 'Answer');
      const content = { 'application/json': { schema } };
      return { [String(answer.status ?? 200)]: { description: 'Done', content } };
    }
    case 'media':
      return { '200': { description: 'The content', content: { [mediaRange(answer.media)]: {} } } };
    case 'nothing':
      return { '204': { description: 'Done; there is nothing to say' } };
  }
}

/** A media type without its parameters, as the keys of `content` are. */
function mediaRange(media: string): string {
  return media.split(';', 1)[0] ?? media;
}

function failure(): Json {
  const schema = { $ref: `${REF}Problem` };
  return {
    description: 'Refused or failed (RFC 9457)',
    content: { 'application/problem+json': { schema } },
  };
}

function parameters(where: 'path' | 'query', schema: z.ZodObject | undefined): readonly Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, of]) => {
    const member: z.ZodType = z.clone(of);
    const { $schema: _, ...rest } = jsonSchema(member, 'input');
    const required = where === 'path' || !member.safeParse(undefined).success;
    return { name, in: where, required, schema: rest };
  });
}

function dryRun({ previews }: Route): readonly Json[] {
  const description = 'The answer says what would come of it, and nothing is kept';
  const schema = { type: 'boolean' };
  return previews === true ? [{ name: 'dry_run', in: 'query', description, schema }] : [];
}

function headers({ method, needsMatch }: Route): readonly Json[] {
  const text = { type: 'string' };
  if (needsMatch === true) {
    return [{ name: 'If-Match', in: 'header', required: true, schema: text }];
  }
  return method === 'post' ? [{ name: 'Idempotency-Key', in: 'header', schema: text }] : [];
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  return { ...z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) };
}

/** As a component of its own, with everything to which it refers beside it. */
function hoisted(
  schema: z.ZodType,
  io: 'input' | 'output',
  name: string,
  schemas: Record<string, unknown>,
): Json {
  const { $schema: _, $defs = {}, ...own } = jsonSchema(schema, io);
  const moved = (value: unknown): unknown => pointed(value, name);
  for (const [inner, definition] of Object.entries(Object($defs))) {
    schemas[`${name}.${inner}`] = moved(definition);
  }
  schemas[name] = moved(own);
  return { $ref: REF + name };
}

/** The same with its references led to where the schemas are now; as deep as our own schemas are. */
function pointed(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((one) => pointed(one, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key !== '$ref' || typeof inner !== 'string') return [key, pointed(inner, name)];
      return [key, inner === '#' ? REF + name : inner.replace('#/$defs/', `${REF}${name}.`)];
    }),
  );
}
