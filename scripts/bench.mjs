// `npm run bench [-- quick | tuning]`: ratios against a floor or a peer, each in one run, printed with what they were taken on;
// `tuning` asks what the demo's own training makes of the bundled model.
import { fileURLToPath } from 'node:url'
import { enter } from './start/bootstrap.mjs'

const isTuning = process.argv.includes('tuning')
process.env.EXEMPLAR_HOME ??= isTuning ? '.exemplar/bench-tuning' : '.exemplar/bench'
process.env.EXEMPLAR_PORT ??= '3900'
if (isTuning) Object.assign(process.env, { EXEMPLAR_DEMO: 'on', EXEMPLAR_TRAINER: 'on' })
process.env.EXEMPLAR_DEMO ??= 'off'
process.env.EXEMPLAR_TRAINER ??= 'off'
process.env.EXEMPLAR_LOG_LEVEL ??= 'warn'
await enter(fileURLToPath(import.meta.url), 'tests/bench/main.ts')
