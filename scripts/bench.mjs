// `npm run bench [-- quick]`: ratios against a floor or a peer, each in one run, printed with what they were taken on.
import { fileURLToPath } from 'node:url'
import { enter } from './start/bootstrap.mjs'

process.env.EXEMPLAR_HOME ??= '.exemplar/bench'
process.env.EXEMPLAR_PORT ??= '3900'
process.env.EXEMPLAR_DEMO ??= 'off'
process.env.EXEMPLAR_TRAINER ??= 'off'
process.env.EXEMPLAR_LOG_LEVEL ??= 'warn'
await enter(fileURLToPath(import.meta.url), 'tests/bench/main.ts')
