import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { ERRORS } from '#lib/domain/errors.ts'
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

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** The OpenAPI 3.1 document of every operation, made from the same schemas that check the requests. */
export async function openApiDocument(address: string): Promise<Record<string, unknown>> {
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
        session: { type: 'apiKey', in: 'cookie', name: 'next-auth.session-token' },
      },
    },
  })
  // The generator leaves undefined keys behind, which are no JSON.
  const document = JSON.parse(JSON.stringify(generated)) as {
    components: { schemas?: Record<string, unknown> }
    paths: Record<string, Partial<Record<(typeof METHODS)[number], { responses: Record<string, unknown> }>>>
  }
  document.components.schemas = { ...document.components.schemas, Problem: PROBLEM }
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const item = path[method]
      if (item) {
        item.responses.default = {
          description: 'A refusal (RFC 9457 problem details)',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        }
      }
    }
  }
  return document
}
