// Search over HTTP in a guideline of three hundred pages in two languages: the first, which indexes the version, and those after it.
import pg from 'pg'
import { toMarkdown } from '#lib/domain/guideline-markdown.ts'
import { LOCALES } from '#lib/domain/locale.ts'
import { longGuideline, pagesOf } from '../support/long-guideline.ts'
import { fill, milliseconds, quantile } from './fill.ts'

const ROUNDS = 200
const SEARCHES = ['check', 'shortest example that works', '核对每个数字', 'truthful must', '初学者 proof', 'nothing like this at all']

type Call = <Answer>(method: string, route: string, body?: unknown) => Promise<Answer>

/** A project of a manager's, and the way to ask for things in it. */
async function openProject(address: string, url: string): Promise<Call> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { projectId, tokens } = await fill(client, 1, 1)
  await client.query(`UPDATE "membership" SET roles = '{manager}' WHERE "projectId" = $1`, [projectId])
  await client.query(`UPDATE "api_token" SET actions = '{guideline:read,guideline:edit,guideline:publish}' WHERE "projectId" = $1`, [projectId])
  await client.end()
  const call: Call = async (method, route, body) => {
    const headers = { authorization: `Bearer ${tokens[0]}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    const response = await fetch(`${address}/api/v1/projects/${projectId}/guideline${route}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${method} ${route}: ${await response.text()}`)
    return (await response.json()) as never
  }
  return call
}

/** Publishes the long guideline. */
async function publishLong(call: Call): Promise<void> {
  const long = longGuideline()
  let { version } = await call<{ version: number }>('GET', '/draft')
  for (const language of LOCALES) {
    const body = { language, text: toMarkdown(long, language), baseVersion: version }
    version = (await call<{ version: number }>('POST', '/draft/markdown', body)).version
  }
  await call('POST', '/versions', { bump: 'major', note: 'Of some length.', draftVersion: version })
  console.log(`\nsearch over HTTP in a guideline of ${pagesOf(long).toFixed(0)} pages a language, ${long.rules.length} rules, ${ROUNDS} searches`)
}

export async function benchGuideline(address: string, url: string): Promise<void> {
  const call = await openProject(address, url)
  await publishLong(call)
  const samples: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const search = encodeURIComponent(SEARCHES[round % SEARCHES.length] ?? '')
    const started = performance.now()
    await call('GET', `/search?search=${search}&language=zh`)
    samples.push(performance.now() - started)
  }
  const [first = Number.NaN, ...others] = samples
  console.log(['first', 'p50', 'p99'].map((cell) => cell.padEnd(11)).join(' '))
  console.log([first, quantile(others, 0.5), quantile(others, 0.99)].map((value) => milliseconds(value).padEnd(11)).join(' '))
}
