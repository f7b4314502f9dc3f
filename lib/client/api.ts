import { createORPCClient, ORPCError } from '@orpc/client'
import type { JsonifiedClient } from '@orpc/openapi-client'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import type { RouterClient } from '@orpc/server'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import type { router } from '#lib/api/router.ts'
import type { ErrorCode } from '#lib/domain/errors.ts'
import contract from '#lib/generated/contract.json' with { type: 'json' }

export type ClientContext = { idempotencyKey?: string; keepalive?: boolean }
export type Api = JsonifiedClient<RouterClient<typeof router, ClientContext>>

/** An error the API answered with: its code, what happened, and facts for programs. */
export type ApiError = ORPCError<ErrorCode, unknown>

export const isApiError = (error: unknown): error is ApiError => error instanceof ORPCError

/** Did the request never reach the server? */
export const isOffline = (error: unknown): boolean => error instanceof TypeError

type ProblemBody = { code?: unknown; detail?: string; data?: unknown }

async function send(request: Request, init: { redirect?: Request['redirect'] }, { context }: { context: ClientContext }): Promise<Response> {
  const response = await fetch(request, { ...init, ...(context.keepalive ? { keepalive: true } : {}) })
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return response
  // The link reads only application/json as JSON; under another name the problem would arrive as a file.
  const headers = new Headers(response.headers)
  headers.set('content-type', 'application/json')
  return new Response(response.body, { status: response.status, headers })
}

function createClient(): Api {
  const link = new OpenAPILink<ClientContext>(contract as never, {
    url: () => `${window.location.origin}/api/v1`,
    headers: ({ context }) => (context.idempotencyKey ? { 'idempotency-key': context.idempotencyKey } : {}),
    fetch: (request, init, options) => send(request, init, options),
    customErrorResponseBodyDecoder: (body, response) => {
      const problem = body as ProblemBody | null
      if (typeof problem?.code !== 'string') return null
      return new ORPCError(problem.code, { defined: true, status: response.status, message: problem.detail ?? problem.code, data: problem.data })
    },
  })
  return createORPCClient(link) as Api
}

/** The typed client of /api/v1, one method an operation. Only for the browser. */
export const api: Api = createClient()

/** Query and mutation options for every operation: `query.getConversation.queryOptions({ input })`, `.key()`, `.mutationOptions()`. */
export const query = createTanstackQueryUtils(api)
