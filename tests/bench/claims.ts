// Claim + submit over HTTP by 1, 10, 50 and 500 clients, beside the bare SQL claim of the same table in the same run.
import pg from 'pg'
import { barePool, claimSlot } from './bare-sql.ts'
import { fill, milliseconds, quantile } from './fill.ts'
import { inProcessClaims } from './in-process.ts'
import { floorPairs, httpPairs, type Measured } from './pairs.ts'

/** How long the bare statement is repeated. */
const SECONDS = 3
/** As many as a fast machine claims for in the seconds of the measurement, each once. */
const CLAIMERS = 20_000

/** The floor: nothing but the row lock and the slot, from as many connections as the product may use, until nothing is left. */
async function bareClaims(url: string, projectId: string): Promise<number> {
  const pool = barePool(url)
  const started = performance.now()
  let claims = 0
  const client = async () => {
    while (performance.now() < started + SECONDS * 1000 && (await claimSlot(pool, projectId))) claims++
  }
  await Promise.all(Array.from({ length: 10 }, client))
  const seconds = (performance.now() - started) / 1000
  await pool.end()
  return claims / seconds
}

function printPairs(size: number, clients: string, { pairsPerSecond, claims, failures, cpu }: Measured): void {
  const cells = [
    String(size),
    clients,
    pairsPerSecond.toFixed(0),
    milliseconds(quantile(claims, 0.5)),
    milliseconds(quantile(claims, 0.99)),
    String(failures),
    `${cpu.web.toFixed(2)} + ${cpu.database.toFixed(2)} + ${cpu.client.toFixed(2)}`,
  ]
  console.log(cells.map((cell) => cell.padEnd(11)).join(' '))
}

const share = (value: number, floor: number) => `${value.toFixed(0)} (${((100 * value) / floor).toFixed(0)} %)`

export async function benchClaims(address: string, url: string, sizes: readonly number[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  console.log(
    '\nclaim + submit over HTTP; CPU in ms a pair: web + database + clients; floor: an empty route handler of Next and one bare statement each',
  )
  console.log(['prompts', 'clients', 'pairs/s', 'claim p50', 'claim p99', 'failures', 'CPU'].map((cell) => cell.padEnd(11)).join(' '))
  const p99: Record<number, number> = {}
  for (const size of sizes) {
    const filled = await fill(client, size, 500)
    for (const clients of [1, 10, 50, 500]) {
      const run = await httpPairs(new URL(address), filled, clients)
      if (clients === 10) p99[size] = quantile(run.claims, 0.99)
      printPairs(size, String(clients), run)
    }
    printPairs(size, '10, floor', await floorPairs(new URL(address), url, await fill(client, size, 1), 10))
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
