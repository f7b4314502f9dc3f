// Structured logs, one JSON object a line. Secrets are removed here, so that no caller has to remember to.
import { type Logger, pino } from 'pino'
import { env } from '#lib/env.ts'
import { currentRequestId } from '#lib/request-id.ts'

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
  /** The request a line belongs to, wherever it is written, in web and in the jobs of the worker. */
  mixin: () => {
    const requestId = currentRequestId()
    return requestId === undefined ? {} : { requestId }
  },
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label: string) => ({ level: label }) },
  redact: { paths: redactedPaths, censor: '[removed]' },
}

export const log: Logger = pino(logOptions)
