// Structured logs, one JSON object a line. Secrets are removed here, so that no caller has to remember to.
import { type Logger, pino } from 'pino'
import { env } from '#lib/env.ts'

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  'password',
  'currentPassword',
  'newPassword',
  'oneTimePassword',
  'passwordHash',
  'token',
  'tokenHash',
  'sessionToken',
  'csrfToken',
  'apiKey',
  'sealedKey',
  'secret',
  'sessionSecret',
  'encryptionKey',
]
const DEPTHS = ['', '*', '*.*', '*.*.*']

/** `password`, `*.password`, `*.*.password` …: a redaction path matches one depth only. */
const redactedPaths = DEPTHS.flatMap((depth) =>
  SECRET_FIELDS.map((field) => (depth && !field.startsWith('[') ? `${depth}.${field}` : `${depth}${field}`)),
)

export const logOptions = {
  level: env.EXEMPLAR_LOG_LEVEL,
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label: string) => ({ level: label }) },
  redact: { paths: redactedPaths, censor: '[removed]' },
}

export const log: Logger = pino(logOptions)
