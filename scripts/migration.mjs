// `npm run migration -- <name>`: writes the SQL that takes the migrations to the schema into a new migration.
import { fileURLToPath } from 'node:url'
import { enter } from './start/bootstrap.mjs'

process.env.EXEMPLAR_HOME ||= '.exemplar/test'
await enter(fileURLToPath(import.meta.url), 'scripts/new-migration.ts')
