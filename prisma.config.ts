// Read by every `prisma` command, before the CLI looks for its schema engine.
import path from 'node:path'
import { defineConfig } from 'prisma/config'

// The wasm engine from npm stands in for the native binary, which would have to be downloaded. Windows cannot spawn
// a script by its shebang, so there Prisma keeps its own way; a variable that is already set wins.
if (process.platform !== 'win32') {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.resolve(import.meta.dirname, 'prisma/schema-engine.mjs')
}

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  // `generate` and `validate` need no database.
  datasource: { url: process.env.DATABASE_URL ?? '' },
})
