// The benchmark's second stage: starts the product in a home of its own and takes the figures one after the other.
import { cpus, loadavg, totalmem } from 'node:os'
import { findDatabaseUrl } from '#lib/home.ts'
import { startProduct } from '#scripts/start/product.ts'
import { benchClaims } from './claims.ts'
import { benchMemory } from './footprint.ts'
import { benchLists } from './lists.ts'
import { benchScripts } from './scripts.ts'
import { benchStart } from './start.ts'

const SIZES = [10_000, 100_000, 1_000_000] as const

export async function main(args: string[]): Promise<number> {
  const isQuick = args.includes('quick')
  console.log(
    `${cpus().length} × ${cpus()[0]?.model}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, load ${loadavg()[0]?.toFixed(2)}, Node ${process.version}`,
  )
  const started = performance.now()
  const product = await startProduct({ dev: false })
  console.log(`started in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  try {
    const url = findDatabaseUrl()
    if (!url) throw new Error('the product left no database address')
    benchMemory()
    await benchScripts(product.address, url)
    await benchClaims(product.address, url, isQuick ? SIZES.slice(0, 1) : SIZES)
    await benchLists(product.address, url, isQuick ? SIZES.slice(0, 1) : [SIZES[0], SIZES[2]])
  } finally {
    await product.stop()
  }
  if (!isQuick) await benchStart()
  return 0
}
