import { z } from 'zod';

/**
 * The form of an OpenAPI 3.1.0 document, as far as ours goes, and no further: what is not in it is a
 * mistake. Schemas are those of JSON Schema 2020-12.
 */
const text = z.string().min(1);
const ref = z.strictObject({ $ref: z.string().regex(/^#\/components\/schemas\/[\w.-]+$/) });

const KEYWORDS = z.strictObject({
  type: z.union([text, z.array(text)]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).min(1).optional(),
  default: z.unknown().optional(),
  description: text.optional(),
  id: text.optional(),
  pattern: z.string().optional(),
  format: text.optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  multipleOf: z.number().optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  required: z.array(text).optional(),
  get properties() {
    return z.record(z.string(), schema).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), schema]).optional();
  },
  get propertyNames() {
    return schema.optional();
  },
  get items() {
    return schema.optional();
  },
  get prefixItems() {
    return z.array(schema).optional();
  },
  get anyOf() {
    return z.array(schema).min(1).optional();
  },
  get oneOf() {
    return z.array(schema).min(1).optional();
  },
  get allOf() {
    return z.array(schema).min(1).optional();
  },
  get not() {
    return schema.optional();
  },
});
const schema: z.ZodType = z.lazy(() => z.union([ref, KEYWORDS]));

const content = z.record(
  z.string().regex(/^[a-z]+\/[a-z0-9.+*-]+$/),
  z.strictObject({ schema: schema.optional() }),
);

const parameter = z.strictObject({
  name: text,
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().optional(),
  description: text.optional(),
  schema,
});

const security = z.array(z.record(z.enum(['token', 'session']), z.array(text)).or(z.object({})));

const operation = z.strictObject({
  operationId: z.string().regex(/^[a-z][A-Za-z]+$/),
  summary: text,
  description: text,
  tags: z.array(text).min(1),
  security: security.optional(),
  parameters: z.array(parameter),
  requestBody: z.strictObject({ required: z.boolean(), content }).optional(),
  responses: z.record(
    z.string().regex(/^(?:[1-5]\d\d|default)$/),
    z.strictObject({ description: text, content: content.optional() }),
  ),
});

export const openApiForm = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({
    title: text,
    version: text,
    description: text,
    license: z.strictObject({ name: text, identifier: text }),
  }),
  servers: z.array(z.strictObject({ url: text })),
  security,
  tags: z.array(z.strictObject({ name: text })),
  paths: z.record(
    z.string().regex(/^(?:\/(?:[a-z][a-z.-]*|\{[a-z]+\}))+$/),
    z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), operation),
  ),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[\w.-]+$/), schema),
    securitySchemes: z.strictObject({
      token: z.strictObject({
        type: z.literal('http'),
        scheme: z.literal('bearer'),
        description: text,
      }),
      session: z.strictObject({ type: z.literal('apiKey'), in: z.literal('cookie'), name: text }),
    }),
  }),
});
