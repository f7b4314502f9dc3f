import { isIP } from 'node:net'
import { z } from 'zod'
import type { ReplyFailure } from '#lib/domain/training/finding.ts'
import { linesOf, ReplyFailed, type ReplyPart, type ReplyRequest } from './reply.ts'

/** An endpoint an admin registered: address up to and including the version (`…/v1`), name of the model there, key or null. */
export type Endpoint = { baseUrl: string; model: string; apiKey: string | null }

const FIRST_BYTE_MS = 120_000
const ERROR_TEXT = 300

/**
 * Why an address may not be asked, or null. Admins may name hosts of their own network; addresses of the link itself are where
 * clouds keep credentials of the machine, and no model lives there.
 */
export function refusedAddress(text: string): ReplyFailure | null {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return 'address-not-http'
  if (url.username || url.password) return 'address-with-login'
  if (url.search || url.hash) return 'address-with-query'
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const version = isIP(host)
  const isLinkLocal =
    version === 4
      ? host.startsWith('169.254.')
      : version === 6 && (/^fe[89ab]/.test(host) || host === 'fd00:ec2::254' || host.startsWith('::ffff:a9fe:'))
  return isLinkLocal ? 'address-link-local' : null
}

const Chunk = z.looseObject({
  choices: z
    .array(z.looseObject({ delta: z.looseObject({ content: z.string().nullish() }).optional(), finish_reason: z.string().nullish() }))
    .default([]),
  usage: z.looseObject({ completion_tokens: z.number() }).nullish(),
})

async function post(endpoint: Endpoint, request: ReplyRequest, signal: AbortSignal): Promise<Response> {
  const refused = refusedAddress(endpoint.baseUrl)
  if (refused) throw new ReplyFailed(refused)
  const { messages, temperature, maxTokens, seed } = request
  const body = { model: endpoint.model, messages, temperature, max_tokens: maxTokens, seed, stream: true, stream_options: { include_usage: true } }
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    ...(endpoint.apiKey ? { authorization: `Bearer ${endpoint.apiKey}` } : {}),
  }
  try {
    // A redirect would carry the key to wherever it points.
    return await fetch(`${endpoint.baseUrl.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      redirect: 'error',
      signal,
    })
  } catch (error) {
    if (signal.aborted) throw error
    throw new ReplyFailed('endpoint-silent', { host: new URL(endpoint.baseUrl).host })
  }
}

async function refusalOf(response: Response): Promise<ReplyFailed> {
  const { status } = response
  const detail = (await response.text().catch(() => '')).slice(0, ERROR_TEXT)
  const code = status === 401 || status === 403 ? 'endpoint-key-refused' : status === 429 ? 'endpoint-busy' : 'endpoint-refused'
  return new ReplyFailed(code, { status, detail })
}

/**
 * Streams an answer from an endpoint with OpenAI’s chat completions. Aborting the signal ends the request.
 * @throws ReplyFailed
 */
export async function* generateRemotely(endpoint: Endpoint, request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart> {
  const patience = AbortSignal.timeout(FIRST_BYTE_MS)
  const response = await post(endpoint, request, AbortSignal.any([signal, patience]))
  if (!response.ok || !response.body) throw await refusalOf(response)
  const began = performance.now()
  let finish = 'stop'
  let tokens: number | null = null
  for await (const line of linesOf(response.body)) {
    if (!line.startsWith('data:')) continue
    const data = line.slice('data:'.length).trim()
    if (data === '[DONE]') break
    const chunk = Chunk.safeParse(parseJson(data)).data
    if (!chunk) throw new ReplyFailed('endpoint-foreign')
    tokens = chunk.usage?.completion_tokens ?? tokens
    const [choice] = chunk.choices
    finish = choice?.finish_reason ?? finish
    if (choice?.delta?.content) yield { type: 'text', text: choice.delta.content }
  }
  const seconds = Math.max(0.001, (performance.now() - began) / 1000)
  yield { type: 'done', finish, tokens, tokensPerSecond: tokens === null ? null : tokens / seconds }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
