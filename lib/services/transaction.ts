import { db } from '#lib/db.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'

export type Tx = Prisma.TransactionClient

const LIMITS = { maxWait: 15_000, timeout: 30_000 } as const
/** Serialisation failure and deadlock: the database asks for the transaction again. */
const RETRYABLE = new Set(['40001', '40P01', 'P2034'])
const MAX_TRIES = 5

type Coded = {
  code?: unknown
  cause?: { code?: unknown; originalCode?: unknown }
  meta?: { code?: unknown; driverAdapterError?: { cause?: { originalCode?: unknown } } }
}

/** The database's own code of an error, from wherever the layers put it; empty when there is none. */
export function codeOf(error: unknown): string {
  const coded = error as Coded | undefined
  const code =
    coded?.meta?.driverAdapterError?.cause?.originalCode ?? coded?.cause?.originalCode ?? coded?.cause?.code ?? coded?.meta?.code ?? coded?.code
  return code === undefined ? '' : String(code)
}

/** Runs `work` in a transaction, again when the database broke a deadlock by ending this one. `work` must touch nothing but the database. */
export async function transact<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.$transaction(work, LIMITS)
    } catch (error) {
      const isRetryable = RETRYABLE.has(codeOf(error)) || RETRYABLE.has(String((error as Coded).code))
      if (attempt >= MAX_TRIES || !isRetryable) throw error
    }
  }
}
