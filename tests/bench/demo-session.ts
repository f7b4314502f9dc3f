// One of the demo's people at the running product, over HTTP only, with a session as the browser has one.
import { setTimeout as sleep } from 'node:timers/promises'
import { findDemoAccounts } from '#lib/home.ts'

const TOO_MANY = 429
const PAUSE_MS = 2000

const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')

export type Session = {
  /** One request; the parsed answer. Fails on any status but a success. */
  call<Answer>(method: string, route: string, body?: unknown): Promise<Answer>
  /** A model's whole answer to one question, the likeliest token each time. */
  ask(projectId: string, modelId: string, question: string, maxTokens: number): Promise<string>
}

/** Signs in as the page does. */
export async function signIn(address: string, role: string): Promise<Session> {
  const account = findDemoAccounts()?.accounts.find((one) => one.role === role)
  if (!account) throw new Error(`the demo has no ${role}`)
  const csrf = await fetch(`${address}/api/auth/csrf`)
  const { csrfToken } = (await csrf.json()) as { csrfToken: string }
  const signedIn = await fetch(`${address}/api/auth/callback/credentials`, {
    method: 'POST',
    headers: { cookie: cookiesOf(csrf) },
    body: new URLSearchParams({ email: account.email, password: account.password, csrfToken, json: 'true' }),
    redirect: 'manual',
  })
  const cookie = cookiesOf(signedIn)
  const send = async (method: string, route: string, body?: unknown): Promise<Response> => {
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const request = { method, headers: { cookie, origin: address, ...type }, body: body === undefined ? null : JSON.stringify(body) }
    for (;;) {
      const response = await fetch(`${address}/api/v1${route}`, request)
      if (response.ok) return response
      const said = await response.text()
      if (response.status !== TOO_MANY) throw new Error(`${method} ${route}: ${response.status} ${said.slice(0, 500)}`)
      await sleep(PAUSE_MS)
    }
  }
  return {
    call: async <Answer>(method: string, route: string, body?: unknown) => (await (await send(method, route, body)).json()) as Answer,
    ask: async (projectId, modelId, question, maxTokens) => {
      const body = { messages: [{ role: 'user', content: question }], temperature: 0, maxTokens }
      const response = await send('POST', `/projects/${projectId}/models/${modelId}/replies`, body)
      const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data:'))
      const parts = lines.flatMap((line) => parsePart(line.slice('data:'.length)))
      const error = parts.find((part) => part.type === 'error')
      if (error || parts.at(-1)?.type !== 'done') throw new Error(`no whole answer to “${question}”: ${error?.message ?? 'it broke off'}`)
      return parts.map((part) => part.text ?? '').join('')
    },
  }
}

type Part = { type: string; text?: string; message?: string }

/** The stream closes with a line that holds no part. */
function parsePart(text: string): Part[] {
  const part: unknown = text.trim() ? JSON.parse(text) : null
  return typeof part === 'object' && part !== null && 'type' in part ? [part as Part] : []
}
