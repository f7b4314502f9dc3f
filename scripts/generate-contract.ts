// Writes lib/generated/contract.json: what the browser's client needs to send each operation, without the words about it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { minifyContractRouter } from '@orpc/contract'
import { router } from '#lib/api/router.ts'

const WORDS = new Set(['summary', 'description', 'tags', 'operationId', 'action', 'event', 'secret', 'takesKey'])

const folder = new URL('../lib/generated/', import.meta.url)
mkdirSync(folder, { recursive: true })
const contract = JSON.stringify(minifyContractRouter(router), (key, value) => (WORDS.has(key) ? undefined : value))
writeFileSync(new URL('contract.json', folder), `${contract}\n`)
process.exit(0)
