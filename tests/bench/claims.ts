// Claim + submit over HTTP by 1, 10, 50 and 500 clients, beside the bare SQL claim of the same table in the same run.
import { Agent, request } from 'node:http'
import pg from 'pg'
import { type Filled, fill, milliseconds, quantile } from './fill.ts'
import { inProcessClaims } from './in-process.ts'

const SECONDS = 6
/** As many as a fast machine claims for in the seconds of the measurement, each once. */
const CLAIMERS = 20_000

type Answer = { status: number; body: { conversationId?: string; code?: string } }

function post(agent: Agent, base: URL, path: string, token: string, body: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const payload = JSON.stringify(body)
    const call = request(
      {
        agent,
        host: base.hostname,
        port: base.port,
        path: `/api/v1${path}`,
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
      },
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

const TURNS = [
  { id: 'm1', role: 'user', content: 'Question?', train: false },
  { id: 'm2', role: 'assistant', content: 'An answer of ordinary length. '.repeat(20), train: true },
]

type Measured = { pairs: number; seconds: number; claims: number[]; failures: number }

async function httpPairs(base: URL, { projectId, tokens }: Filled, clients: number): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const started = performance.now()
  const end = started + SECONDS * 1000
  const measured: Measured = { pairs: 0, seconds: 0, claims: [], failures: 0 }
  const client = async (token: string) => {
    while (performance.now() < end) {
      const before = performance.now()
      const claimed = await post(agent, base, `/projects/${projectId}/claims`, token, {})
      if (claimed.status !== 200) {
        measured.failures++
        continue
      }
      measured.claims.push(performance.now() - before)
      const submitted = await post(agent, base, `/conversations/${claimed.body.conversationId}/submissions`, token, {
        baseVersion: 0,
        content: { messages: TURNS, tools: [] },
      })
      if (submitted.status === 201) measured.pairs++
      else measured.failures++
    }
  }
  await Promise.all(tokens.slice(0, clients).map(client))
  agent.destroy()
  measured.seconds = (performance.now() - started) / 1000
  return measured
}

/** The floor: nothing but the row lock and the slot, from as many connections as the product may use, until nothing is left. */
async function bareClaims(url: string, projectId: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  const started = performance.now()
  let claims = 0
  const client = async () => {
    while (performance.now() < started + SECONDS * 500) {
      const { rowCount } = await pool.query(
        `WITH c AS (SELECT id FROM "prompt" WHERE "projectId" = $1 AND state = 'open' AND "openSlots" > 0 ORDER BY priority DESC, position LIMIT 1 FOR UPDATE SKIP LOCKED)
         UPDATE "prompt" p SET "openSlots" = p."openSlots" - 1 FROM c WHERE p.id = c.id`,
        [projectId],
      )
      if (rowCount === 0) break
      claims++
    }
  }
  await Promise.all(Array.from({ length: 10 }, client))
  const seconds = (performance.now() - started) / 1000
  await pool.end()
  return claims / seconds
}

const share = (value: number, floor: number) => `${value.toFixed(0)} (${((100 * value) / floor).toFixed(0)} %)`

export async function benchClaims(address: string, url: string, sizes: readonly number[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  console.log('\nclaim + submit over HTTP\nprompts     clients   pairs/s   claim p50   claim p99   failures')
  const p99: Record<number, number> = {}
  for (const size of sizes) {
    const filled = await fill(client, size, 500)
    for (const clients of [1, 10, 50, 500]) {
      const run = await httpPairs(new URL(address), filled, clients)
      if (clients === 10) p99[size] = quantile(run.claims, 0.99)
      console.log(
        `${String(size).padEnd(11)} ${String(clients).padEnd(9)} ${(run.pairs / run.seconds).toFixed(0).padEnd(9)} ${milliseconds(quantile(run.claims, 0.5)).padEnd(11)} ${milliseconds(quantile(run.claims, 0.99)).padEnd(11)} ${run.failures}`,
      )
    }
    const doubles = await client.query(
      `SELECT count(*)::int AS n FROM (SELECT 1 FROM "assignment" WHERE "projectId" = $1 AND kind = 'write' GROUP BY "promptId" HAVING count(*) > 1) d`,
      [filled.projectId],
    )
    // On prompts of their own: what HTTP has left of a small project would not last.
    const inProcess = await inProcessClaims(await fill(client, size, CLAIMERS))
    const bare = await bareClaims(url, (await fill(client, size, 1)).projectId)
    console.log(`${size} prompts: ${doubles.rows[0].n} double assignments`)
    console.log(
      `  ten at once, claims/s: bare SQL ${bare.toFixed(0)}, the claim's statement ${share(inProcess.statement, bare)}, its operation ${share(inProcess.operation, bare)}`,
    )
  }
  const [small, large] = [p99[sizes[0] ?? 0], p99[sizes.at(-1) ?? 0]]
  if (small && large && sizes.length > 1)
    console.log(`claim p99 with 10 clients, ${sizes.at(-1)} ÷ ${sizes[0]} prompts: ${(large / small).toFixed(2)}`)
  await client.end()
}
