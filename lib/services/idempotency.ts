import { createHmac } from 'node:crypto'
import { StandardRPCJsonSerializer } from '@orpc/client/standard'
import type { Person } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import { getSecrets } from '#lib/home.ts'
import type { Tx } from './transaction.ts'

/** How long an answer can be had again; the worker forgets it then. */
export const KEPT_DAYS = 7

const stable = (value: unknown): string =>
  JSON.stringify(value, (_key, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part as object).sort(([a], [b]) => (a < b ? -1 : 1)))
      : typeof part === 'bigint'
        ? part.toString()
        : part,
  )

/** Keyed, because an input may hold a password, which a plain hash would give away to guessing. */
const hashOf = (input: unknown): string => createHmac('sha256', getSecrets().sessionSecret).update(stable(input)).digest('hex')

/** JSON forgets what is a time; this keeps the answer together with where its times are. */
const serializer = new StandardRPCJsonSerializer()

type Stored = { json: unknown; meta: Parameters<StandardRPCJsonSerializer['deserialize']>[1] } | null

/** One request under one key. Each credential has keys of its own, so that a token never reads what its owner was answered elsewhere. */
export type Claim = { userId: string; key: string; operation: string; input: unknown }

export const claimOf = ({ userId, token }: Person, key: string, operation: string, input: unknown): Claim => ({
  userId,
  key: token ? `${token.id}/${key}` : key,
  operation,
  input,
})

/**
 * Takes the key, or finds the answer given under it; a second request waits here for the first one's commit.
 * @throws Refusal `idempotency-key-reused` for another request, `answer-not-kept` when the answer held a secret.
 */
export async function claimKey(tx: Tx, { userId, key, operation, input }: Claim): Promise<{ answer: unknown } | null> {
  const inputHash = hashOf(input)
  const inserted = await tx.$executeRaw`
    INSERT INTO "idempotency_key" ("userId", key, operation, "inputHash") VALUES (${userId}::uuid, ${key}, ${operation}, ${inputHash})
    ON CONFLICT ("userId", key) DO NOTHING`
  if (inserted === 1) return null
  const earlier = await tx.idempotencyKey.findUniqueOrThrow({ where: { userId_key: { userId, key } } })
  if (earlier.operation !== operation || earlier.inputHash !== inputHash) {
    refuse('idempotency-key-reused', 'Send a new Idempotency-Key with a new request.')
  }
  const stored = earlier.response as Stored
  if (!stored) {
    return refuse(
      'answer-not-kept',
      'It was done under this Idempotency-Key, and its answer held a secret, which is shown once and stored nowhere.',
      {
        operation,
      },
    )
  }
  return { answer: serializer.deserialize(stored.json, stored.meta) }
}

/** Keeps the answer for whoever repeats the request. */
export async function keepAnswer(tx: Tx, { userId, key }: Claim, answer: unknown): Promise<void> {
  const [json, meta] = serializer.serialize(answer)
  await tx.$executeRaw`
    UPDATE "idempotency_key" SET response = ${JSON.stringify({ json, meta })}::jsonb WHERE "userId" = ${userId}::uuid AND key = ${key}`
}
