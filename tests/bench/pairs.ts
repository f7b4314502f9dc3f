// Claim + submit over HTTP, pair after pair, by so many clients at once; and the least any such product could do.
import { createHash } from 'node:crypto'
import { Agent, request } from 'node:http'
import { barePool, claimSlot, keepText } from './bare-sql.ts'
import { type CpuTimes, cpuEach, cpuTimes } from './cpu.ts'
import type { Filled } from './fill.ts'

const SECONDS = 6

type Answer = { status: number; body: { conversationId?: string; code?: string } }

function send(agent: Agent, address: URL, method: 'GET' | 'POST', path: string, token: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? '' : JSON.stringify(body)
    const typed = payload ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) } : {}
    const call = request(
      { agent, host: address.hostname, port: address.port, path, method, headers: { authorization: `Bearer ${token}`, ...typed } },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text ? JSON.parse(text) : {} }))
      },
    )
    call.on('error', reject)
    call.end(payload)
  })
}

const WORDS =
  'a an and are as at be because before between but by can come day do each even find first for from give go good have how in is it know last long look make may more most much new no not of on only or other out over people same see should so some such take than that the their then there these they think this time to two up use very way we what when which who will with work would year you'.split(
    ' ',
  )

/** An answer of ordinary length, another each time, as people write them: who sent the same again would be told of a near-duplicate. */
function turnsFor(seed: string) {
  const bytes = ['1', '2'].flatMap((part) => [
    ...createHash('sha512')
      .update(seed + part)
      .digest(),
  ])
  const content = bytes.map((byte) => WORDS[byte % WORDS.length]).join(' ')
  return [
    { id: 'm1', role: 'user', content: 'Question?', train: false },
    { id: 'm2', role: 'assistant', content, train: true },
  ]
}

export type Measured = { pairsPerSecond: number; claims: number[]; failures: number; cpu: CpuTimes }

/** One client's work from now on: claims and submits once, tells how long the claim took, or null where one of the two failed. */
type Pair = (agent: Agent, client: number) => Promise<number | null>

async function measure(clients: number, pair: Pair): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const claims: number[] = []
  let failures = 0
  const before = cpuTimes()
  const started = performance.now()
  const end = started + SECONDS * 1000
  const client = async (number: number) => {
    while (performance.now() < end) {
      const took = await pair(agent, number)
      if (took === null) failures++
      else claims.push(took)
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
  const seconds = (performance.now() - started) / 1000
  agent.destroy()
  return { pairsPerSecond: claims.length / seconds, claims, failures, cpu: cpuEach(before, cpuTimes(), claims.length) }
}

export function httpPairs(address: URL, { projectId, tokens }: Filled, clients: number): Promise<Measured> {
  return measure(clients, async (agent, number) => {
    const token = tokens[number] ?? ''
    const before = performance.now()
    const claimed = await send(agent, address, 'POST', `/api/v1/projects/${projectId}/claims`, token, {})
    const took = performance.now() - before
    if (claimed.status !== 200) return null
    const submitted = await send(agent, address, 'POST', `/api/v1/conversations/${claimed.body.conversationId}/submissions`, token, {
      baseVersion: 0,
      content: { messages: turnsFor(claimed.body.conversationId ?? ''), tools: [] },
    })
    return submitted.status === 201 ? took : null
  })
}

/**
 * What the machine could do at all: the same number of requests to a route handler of Next that does nothing, and beside each the
 * least SQL it could be, sent by the clients themselves.
 */
export async function floorPairs(address: URL, url: string, { projectId }: Filled, clients: number): Promise<Measured> {
  const pool = barePool(url)
  const measured = await measure(clients, async (agent) => {
    const before = performance.now()
    const claimed = await send(agent, address, 'GET', '/api/health', '')
    const promptId = await claimSlot(pool, projectId)
    const took = performance.now() - before
    if (claimed.status !== 200 || !promptId) return null
    await send(agent, address, 'GET', '/api/health', '')
    await keepText(pool, promptId, turnsFor(promptId))
    return took
  })
  await pool.end()
  return measured
}
