import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { SESSION_COOKIE } from '#lib/auth/session-cookie.ts'
import { ERRORS } from '#lib/domain/errors.ts'
import { publicAddress } from '#lib/env.ts'
import { KEPT_DAYS } from '#lib/services/idempotency.ts'
import type { Meta } from '#lib/services/operation.ts'
import { router } from './router.ts'

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', description: 'urn:exemplar:error:<code>' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened and what to do next' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    data: { description: 'Facts for programs, by code' },
  },
} as const

const key = (description: string) => ({
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description,
  schema: { type: 'string', minLength: 1, maxLength: 200 },
})

const PARAMETERS = {
  IdempotencyKey: key(
    `A key of your own for this request, a UUID say. Repeated under the same key within ${KEPT_DAYS} days, the request changes nothing and gets the first answer again.`,
  ),
  SecretIdempotencyKey: key(
    `A key of your own for this request, a UUID say. Repeated under the same key within ${KEPT_DAYS} days, the request changes nothing and is refused as answer-not-kept: the answer may hold a secret, which is shown once and never stored.`,
  ),
} as const

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

type Item = { operationId: string; responses: Record<string, unknown>; parameters?: unknown[] }
type Document = {
  components: { schemas?: Record<string, unknown>; parameters?: Record<string, unknown> }
  paths: Record<string, Partial<Record<(typeof METHODS)[number], Item>>>
}

const metaOf = (operationId: string): Meta => (router[operationId as keyof typeof router] as { '~orpc': { meta: Meta } })['~orpc'].meta

/** Adds what every operation answers and takes besides its own schemas. */
function complete(item: Item): void {
  item.responses.default = {
    description: 'A refusal (RFC 9457 problem details)',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
  const { takesKey, secret } = metaOf(item.operationId)
  if (!takesKey) return
  item.parameters = [...(item.parameters ?? []), { $ref: `#/components/parameters/${secret ? 'SecretIdempotencyKey' : 'IdempotencyKey'}` }]
}

/** The OpenAPI 3.1 document of every operation, made from the same schemas that check the requests. */
async function openApiDocument(address: string): Promise<Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const generated = await generator.generate(router, {
    info: {
      title: 'Exemplar',
      version: '1',
      description: 'Everything the interface does, for scripts. Authenticate with a personal API token: `Authorization: Bearer <token>`.',
    },
    servers: [{ url: `${address}/api/v1` }],
    security: [{ token: [] }, { session: [] }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
      },
    },
  })
  // The generator leaves undefined keys behind, which are no JSON.
  const document = JSON.parse(JSON.stringify(generated)) as Document
  document.components.schemas = { ...document.components.schemas, Problem: PROBLEM }
  document.components.parameters = PARAMETERS
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) if (path[method]) complete(path[method])
  }
  return document
}

let text: Promise<string> | undefined

/** The document as JSON, made once a process. */
export function openApiText(): Promise<string> {
  text ??= openApiDocument(publicAddress).then((document) => JSON.stringify(document))
  return text
}
