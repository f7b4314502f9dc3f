// The benchmark's second stage: starts the product in a home of its own and takes the figures one after the other.
import { cpus, loadavg, totalmem } from 'node:os'
import { findDatabaseUrl } from '#lib/home.ts'
import { startProduct } from '#scripts/start/product.ts'
import { benchClaims } from './claims.ts'
import { benchMemory } from './footprint.ts'
import { benchGuideline } from './guideline.ts'
import { benchLists } from './lists.ts'
import { benchScripts } from './scripts.ts'
import { benchStart } from './start.ts'
import { benchTuning } from './tuning.ts'

const SIZES = [10_000, 100_000, 1_000_000] as const

async function benchProduct(address: string, isQuick: boolean): Promise<void> {
  const url = findDatabaseUrl()
  if (!url) throw new Error('the product left no database address')
  benchMemory()
  await benchScripts(address, url)
  await benchGuideline(address, url)
  await benchClaims(address, url, isQuick ? SIZES.slice(0, 1) : SIZES)
  await benchLists(address, url, isQuick ? SIZES.slice(0, 1) : [SIZES[0], SIZES[2]])
}

/** Without a word everything but `tuning`, which trains for minutes; `quick` takes the smallest size only. */
export async function main(args: string[]): Promise<number> {
  const isQuick = args.includes('quick')
  const isTuning = args.includes('tuning')
  console.log(
    `${cpus().length} × ${cpus()[0]?.model}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, load ${loadavg()[0]?.toFixed(2)}, Node ${process.version}`,
  )
  const started = performance.now()
  const product = await startProduct({ dev: false })
  console.log(`started in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  try {
    if (isTuning) await benchTuning(product.address)
    else await benchProduct(product.address, isQuick)
  } finally {
    await product.stop()
  }
  if (!isQuick && !isTuning) await benchStart()
  return 0
}
