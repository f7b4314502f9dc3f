// One of the demo's people at the product's API, over HTTP only.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { inject } from 'vitest'
import { until } from './until.ts'

const address = inject('productAddress')
const REQUEST_SECONDS = 120
const PATIENCE_SECONDS = 60

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is what these tests are about
export type Json = any
export type Answer = { status: number; body: Json }
type Sent = { body?: unknown; key?: string; signal?: AbortSignal }

const cookiesOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')

export class Client {
  /** Requests that got no answer, or one that says that the server could not. */
  troubles = 0
  readonly #cookie: string

  private constructor(cookie: string) {
    this.#cookie = cookie
  }

  /** Signs in as the page does. */
  static async signIn(character: string): Promise<Client> {
    const { accounts } = JSON.parse(readFileSync(path.join(inject('productHome'), 'demo.json'), 'utf8'))
    const account = accounts.find(({ email }: { email: string }) => email.startsWith(`${character}@`))
    const csrf = await fetch(`${address}/api/auth/csrf`)
    const { csrfToken } = (await csrf.json()) as { csrfToken: string }
    const signedIn = await fetch(`${address}/api/auth/callback/credentials`, {
      method: 'POST',
      headers: { cookie: cookiesOf(csrf) },
      body: new URLSearchParams({ email: account.email, password: account.password, csrfToken, json: 'true' }),
      redirect: 'manual',
    })
    return new Client(cookiesOf(signedIn))
  }

  /** One request; null when no answer came. */
  async try(method: string, route: string, { body, key, signal }: Sent = {}): Promise<Answer | null> {
    const isStream = body instanceof ReadableStream
    const type = body === undefined ? {} : { 'content-type': isStream ? 'application/octet-stream' : 'application/json' }
    try {
      const response = await fetch(`${address}/api/v1${route}`, {
        method,
        headers: { cookie: this.#cookie, origin: address, ...type, ...(key ? { 'idempotency-key': key } : {}) },
        body: isStream ? body : body === undefined ? null : JSON.stringify(body),
        signal: signal ?? AbortSignal.timeout(REQUEST_SECONDS * 1000),
        ...(isStream ? { duplex: 'half' } : {}),
      } as RequestInit)
      const answer = { status: response.status, body: await response.json() }
      if (answer.status >= 500) this.troubles++
      return answer
    } catch {
      this.troubles++
      return null
    }
  }

  /** As a careful program does: the same request again until the server answers it. Anything but success is an error. */
  async insist(method: string, route: string, sent: Sent = {}): Promise<Json> {
    const answer = await until(`an answer to ${method} ${route}`, PATIENCE_SECONDS, async () => {
      const tried = await this.try(method, route, sent)
      return tried && tried.status < 500 ? tried : null
    })
    if (answer.status > 299) throw new Error(`${method} ${route}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  get = (route: string) => this.insist('GET', route)
  post = (route: string, body: unknown, key?: string) => this.insist('POST', route, { body, ...(key ? { key } : {}) })

  /** A page as a browser asks for it. */
  async page(route: string): Promise<{ status: number; text: string } | null> {
    try {
      const response = await fetch(`${address}${route}`, { headers: { cookie: this.#cookie }, redirect: 'manual' })
      return { status: response.status, text: await response.text() }
    } catch {
      return null
    }
  }
}

/** The people of the demo project, signed in, and the project's id. */
export async function openDemo() {
  const [labeller, reviewer, engineer, manager, admin] = await Promise.all(
    ['labeller', 'reviewer', 'engineer', 'manager', 'admin'].map((character) => Client.signIn(character)),
  )
  if (!labeller || !reviewer || !engineer || !manager || !admin) throw new Error('nobody is there')
  const me = await engineer.get('/me')
  const projectId = String(me.memberships[0].project.id)
  // What is written here answers no question: counting letters or another language are not its business.
  const { checks, available } = await manager.get(`/projects/${projectId}/checks`)
  const levels = Object.fromEntries(available.map(({ id }: Json) => [id, 'off']))
  await manager.insist('PUT', `/projects/${projectId}/checks`, { body: { checks: { ...checks, levels } } })
  return { labeller, reviewer, engineer, manager, admin, projectId }
}
export type Demo = Awaited<ReturnType<typeof openDemo>>
