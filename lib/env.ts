// The one place that reads the process environment. Every variable is declared, checked and documented here;
// `npm run configuration` prints the table into docs/configuration.md.
import path from 'node:path'
import { z } from 'zod'

interface Variable<Schema extends z.ZodType> {
  schema: Schema
  doc: string
  /** What the documentation shows as the default, where the schema's own default says too little. */
  shownDefault?: string
}

const variable = <Schema extends z.ZodType>(schema: Schema, doc: string, shownDefault?: string): Variable<Schema> => ({ schema, doc, shownDefault })
const onOff = (fallback: 'on' | 'off') => z.enum(['on', 'off']).default(fallback)
const wholeNumber = (minimum: number, maximum: number, fallback: number) => z.coerce.number().int().min(minimum).max(maximum).default(fallback)

const postgresUrl = z
  .url({ protocol: /^postgres(ql)?$/, hostname: /.*/, error: 'must be a postgresql:// address' })
  .refine((value) => !new URL(value).searchParams.has('schema'), 'must not name a schema: give Exemplar a database of its own')

const KIB = 1024
const MIB = KIB * KIB
const GIB = KIB * MIB

export const variables = {
  EXEMPLAR_HOME: variable(
    z.string().min(1).default('.exemplar'),
    'Folder of everything Exemplar keeps: the embedded database, artifacts, models, runs, logs and secrets. Relative paths start at the project root.',
  ),
  DATABASE_URL: variable(
    postgresUrl.optional(),
    'Address of your own PostgreSQL server (13 or newer) and database. Without it an embedded server is started below `EXEMPLAR_HOME`.',
  ),
  EXEMPLAR_PORT: variable(wholeNumber(1, 65535, 3000), 'Port of the web process.'),
  EXEMPLAR_PORT_TAKEN: variable(
    z.enum(['next', 'fail']).default('next'),
    'What `npm start` does when the port is taken: use the `next` free one, or `fail`.',
  ),
  EXEMPLAR_HOST: variable(
    z.string().min(1).default('127.0.0.1'),
    'Interface the web process listens on. `0.0.0.0` makes it reachable from other machines; put TLS in front of it.',
  ),
  EXEMPLAR_ADDRESS: variable(
    z.url({ protocol: /^https?$/, hostname: /.*/ }).optional(),
    'Public address as people type it, used in links, sign-in and the check of a request’s origin.',
    '`http://` host `:` port',
  ),
  EXEMPLAR_TRUST_PROXY: variable(
    onOff('off'),
    'Whether a reverse proxy of yours stands in front: `on` takes people’s addresses, which sign-in counts tries by, from the last entry of `X-Forwarded-For`. Anybody could write that header themselves where no proxy does.',
  ),
  EXEMPLAR_DEMO: variable(onOff('on'), 'Whether the first start creates the demo project and its accounts.'),
  EXEMPLAR_SECRET: variable(
    z.string().min(32).optional(),
    'Secret that signs sessions, at least 32 characters.',
    'made at the first start, kept in `secrets.json`',
  ),
  EXEMPLAR_ENCRYPTION_KEY: variable(
    z.base64().length(44).optional(),
    'Key that encrypts stored credentials of model endpoints and backends: 32 bytes in base64.',
    'made at the first start, kept in `secrets.json`',
  ),
  EXEMPLAR_LOG_LEVEL: variable(
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    'Least severe level that is logged.',
  ),
  EXEMPLAR_LOG_OUTPUT: variable(
    z.enum(['file', 'terminal', 'both']).default('file'),
    'Where `npm start` puts the logs of web and worker: files below `EXEMPLAR_HOME`/logs, the terminal, or both.',
  ),
  EXEMPLAR_POOL_SIZE: variable(wholeNumber(2, 100, 10), 'Most database connections of one process.'),
  EXEMPLAR_BODY_LIMIT: variable(wholeNumber(KIB, GIB, 8 * MIB), 'Largest JSON request body, in bytes.'),
  EXEMPLAR_UPLOAD_LIMIT: variable(
    wholeNumber(KIB, 1024 * GIB, 2 * GIB),
    'Largest uploaded file (an import, a tokenizer), in bytes. Uploads are streamed.',
  ),
  EXEMPLAR_TRAINER: variable(
    z.enum(['on', 'off', 'tiny']).default('on'),
    'Local fine-tuning: `on`, `off`, or `tiny`, which offers only the built-in tiny model.',
  ),
  EXEMPLAR_PYTHON: variable(
    z.string().min(1).default('python3'),
    'Python from which the local trainer’s environment is made: 3.10 or newer, or an older one beside which a `python3.10` to `python3.14` is found.',
  ),
  EXEMPLAR_TORCH_INDEX: variable(
    z.url({ protocol: /^https?$/, hostname: /.*/ }).optional(),
    'Address of a Python package index to take PyTorch from, such as one with CPU-only builds.',
    'the index of pip’s own configuration',
  ),
  NODE_ENV: variable(z.enum(['development', 'production', 'test']).default('development'), 'Set by the commands; no need to set it yourself.'),
} as const

export type Environment = { [Name in keyof typeof variables]: z.output<(typeof variables)[Name]['schema']> }

/** Checks a set of variables; an empty value counts as absent. Throws one error that names every wrong variable. */
export function parseEnvironment(source: Record<string, string | undefined>): Environment {
  const problems: string[] = []
  const parsed = Object.entries(variables).map(([name, { schema }]) => {
    const result = schema.safeParse(source[name] === '' ? undefined : source[name])
    if (!result.success) problems.push(`${name} ${result.error.issues.map((issue) => issue.message).join(', ')}`)
    return [name, result.data]
  })
  if (problems.length > 0) throw new Error(`The environment is not usable: ${problems.join('; ')}. See docs/configuration.md.`)
  return Object.fromEntries(parsed) as Environment
}

export const env = parseEnvironment(process.env)

/** Absolute path of EXEMPLAR_HOME. */
export const homeDirectory = path.resolve(env.EXEMPLAR_HOME)

const ALL_INTERFACES = new Set(['0.0.0.0', '::'])

/** Address of a server on this machine, as typed into a browser here. */
export function localAddress(host: string, port: number): string {
  const name = ALL_INTERFACES.has(host) ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** The address people reach this instance at, without a trailing slash. */
export const publicAddress = (env.EXEMPLAR_ADDRESS ?? localAddress(env.EXEMPLAR_HOST, env.EXEMPLAR_PORT)).replace(/\/+$/, '')
