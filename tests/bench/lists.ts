// First, middle and last page of the conversation list, at 10k and at 1M rows.
import pg from 'pg'
import { fill, milliseconds, quantile } from './fill.ts'

const ROUNDS = 40
const PAGE = 50

async function page(address: string, projectId: string, token: string, query: string): Promise<{ took: number; items: unknown[] }> {
  const started = performance.now()
  const response = await fetch(`${address}/api/v1/projects/${projectId}/conversations?limit=${PAGE}${query}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const { items } = (await response.json()) as { items: unknown[] }
  if (!response.ok || items.length === 0) throw new Error(`a list page answered ${response.status} with ${items?.length} items`)
  return { took: performance.now() - started, items }
}

export async function benchLists(address: string, url: string, sizes: readonly number[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  console.log('\nlist pages of 50 over HTTP, median of 40\nrows        first       middle      last')
  const middles: number[] = []
  for (const size of sizes) {
    const { projectId, tokens } = await fill(client, 1, 1, size)
    const token = tokens[0] ?? ''
    const middle = await client.query(
      `SELECT (extract(epoch FROM date_trunc('milliseconds', "updatedAt")) * 1000)::bigint AS at, id FROM "conversation" WHERE "projectId" = $1 ORDER BY "updatedAt" DESC OFFSET $2 LIMIT 1`,
      [projectId, Math.floor(size / 2)],
    )
    const places = { first: '', middle: `&cursor=${middle.rows[0].at}.${middle.rows[0].id}`, last: '&order=oldest' }
    const medians: number[] = []
    for (const query of Object.values(places)) {
      const samples: number[] = []
      for (let round = 0; round < ROUNDS; round++) samples.push((await page(address, projectId, token, query)).took)
      medians.push(quantile(samples, 0.5))
    }
    middles.push(medians[1] ?? Number.NaN)
    console.log(`${String(size).padEnd(11)} ${medians.map((value) => milliseconds(value).padEnd(11)).join(' ')}`)
  }
  const [small, large] = [middles[0], middles.at(-1)]
  if (small && large && sizes.length > 1) console.log(`middle page, ${sizes.at(-1)} ÷ ${sizes[0]} rows: ${(large / small).toFixed(2)}`)
  await client.end()
}
