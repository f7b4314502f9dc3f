// Writes lib/generated/contract.json: method and path of every operation, which is all the browser's client needs.
import { mkdirSync, writeFileSync } from 'node:fs'
import { minifyContractRouter } from '@orpc/contract'
import { router } from '#lib/api/router.ts'

const folder = new URL('../lib/generated/', import.meta.url)
mkdirSync(folder, { recursive: true })
writeFileSync(new URL('contract.json', folder), `${JSON.stringify(minifyContractRouter(router))}\n`)
process.exit(0)
