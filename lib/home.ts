// Where things lie below EXEMPLAR_HOME, and the two small files every process may need from there.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { env, homeDirectory } from '#lib/env.ts'

const below = (name: string) => path.join(/* turbopackIgnore: true */ homeDirectory, name)

export const home = {
  root: homeDirectory,
  database: below('database'),
  artifacts: below('artifacts'),
  models: below('models'),
  trainer: below('trainer'),
  runs: below('runs'),
  logs: below('logs'),
  secrets: below('secrets.json'),
  demo: below('demo.json'),
  /** Address of the running embedded database, so that other commands find it without DATABASE_URL. */
  databaseAddress: below('database.json'),
  /** Numbers of the running processes. */
  processes: below('processes.json'),
} as const

const secretsSchema = z.object({ sessionSecret: z.string().min(32), encryptionKey: z.base64() })
export type Secrets = z.infer<typeof secretsSchema>

const databaseSchema = z.object({ url: z.string() })

const demoSchema = z.object({
  accounts: z.array(z.object({ email: z.string(), password: z.string(), role: z.string() })),
})

function readJson<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> | null {
  try {
    return schema.parse(JSON.parse(readFileSync(/* turbopackIgnore: true */ file, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new Error(`${file} is not readable: ${(error as Error).message}`)
  }
}

export const findSecretsFile = () => readJson(home.secrets, secretsSchema)
export const findDemoAccounts = () => readJson(home.demo, demoSchema)

/** Secrets from the environment, else from the file the first start made. */
export function getSecrets(): Secrets {
  const { EXEMPLAR_SECRET: sessionSecret, EXEMPLAR_ENCRYPTION_KEY: encryptionKey } = env
  if (sessionSecret && encryptionKey) return { sessionSecret, encryptionKey }
  const kept = findSecretsFile()
  if (!kept) throw new Error(`${home.secrets} does not exist: run "npm start" once, or set EXEMPLAR_SECRET and EXEMPLAR_ENCRYPTION_KEY`)
  return { sessionSecret: sessionSecret ?? kept.sessionSecret, encryptionKey: encryptionKey ?? kept.encryptionKey }
}

/** DATABASE_URL, else the address of the embedded database this home last started; null before the first start. */
export const findDatabaseUrl = (): string | null => env.DATABASE_URL ?? readJson(home.databaseAddress, databaseSchema)?.url ?? null
