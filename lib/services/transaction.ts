import type { PoolClient, QueryConfig } from 'pg'
import { db, joining, pool } from '#lib/db.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { rawOver } from './raw-sql.ts'

/** Where statements go: raw SQL straight to the driver, models through Prisma, both on the same connection. */
export type Tx = Prisma.TransactionClient

const LIMITS = { maxWait: 15_000, timeout: 30_000 } as const
/** Serialisation failure and deadlock: the database asks for the transaction again. */
const RETRYABLE = new Set(['40001', '40P01', 'P2034'])
/** A statement in a transaction of which another failed before. */
const ABORTED = '25P02'
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

type Models = Record<string, Record<string, (args: unknown) => Promise<unknown>>>

/** `conversation` for `Conversation`: a model as a property of the client. */
const MODELS: ReadonlySet<string> = new Set(Object.values(Prisma.ModelName).map((name) => name.charAt(0).toLowerCase() + name.slice(1)))

/** A transaction on one connection. Prisma joins it when a model is first asked for, which the busiest operations never do. */
class Transaction {
  readonly tx: Tx
  readonly #connection: PoolClient
  readonly #over = Promise.withResolvers<void>()
  #models: Promise<Models> | undefined
  #prisma: Promise<void> | undefined
  #firstFailure: unknown
  #isOver = false

  constructor(connection: PoolClient) {
    this.#connection = connection
    const raw = rawOver((query) => this.#send(query))
    this.tx = new Proxy(raw, {
      get: (_, name) => (MODELS.has(String(name)) ? this.#model(String(name)) : Reflect.get(raw, name)),
    }) as Tx
    // Nobody waits for it: it travels with the first statement, which fails when it does.
    this.#send('BEGIN').catch(() => {})
  }

  /** The one way to the connection, also for Prisma: once the transaction is over, the connection is somebody else's. */
  async #send(query: string | QueryConfig) {
    if (this.#isOver) throw new Error('the transaction is over')
    return this.#connection.query(query).catch((error: unknown) => {
      this.#firstFailure ??= error
      throw error
    })
  }

  /** A model whose every method waits until Prisma has joined. */
  #model(name: string) {
    const call = (method: string) => async (args: unknown) => {
      this.#models ??= this.#join()
      return (await this.#models)[name]?.[method]?.(args)
    }
    return new Proxy({}, { get: (_, method) => call(String(method)) })
  }

  #join(): Promise<Models> {
    return new Promise((resolve, reject) => {
      const begin = (models: Tx) => {
        resolve(models as unknown as Models)
        return this.#over.promise
      }
      this.#prisma = joining({ query: (query) => this.#send(query) }, () => db.$transaction(begin, LIMITS))
      this.#prisma.catch(reject)
    })
  }

  /** @throws the error of whatever statement failed, whether or not somebody waited for its answer. */
  async commit(): Promise<void> {
    this.#over.resolve()
    await this.#prisma
    this.#isOver = true
    const { command } = await this.#connection.query('COMMIT')
    if (command !== 'COMMIT') throw this.#firstFailure ?? new Error(`the database answered COMMIT with ${command}`)
  }

  /** Undoes everything and tells whether the connection is still good. */
  async rollback(): Promise<boolean> {
    this.#isOver = true
    this.#over.resolve()
    await this.#prisma?.catch(() => {})
    return this.#connection.query('ROLLBACK').then(
      () => true,
      () => false,
    )
  }

  /** Why the work failed. That an earlier statement had is what every later one is told; the earlier one knows whether to try again. */
  causeOf(error: unknown): unknown {
    return codeOf(error) === ABORTED ? (this.#firstFailure ?? error) : error
  }
}

async function attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  const connection = await pool.connect()
  const transaction = new Transaction(connection)
  let isSound = true
  try {
    const result = await work(transaction.tx)
    await transaction.commit()
    return result
  } catch (error) {
    isSound = await transaction.rollback()
    throw transaction.causeOf(error)
  } finally {
    connection.release(!isSound)
  }
}

/** Runs `work` in a transaction, again when the database broke a deadlock by ending this one. `work` must touch nothing but the database. */
export async function transact<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await attempt(work)
    } catch (error) {
      const isRetryable = RETRYABLE.has(codeOf(error)) || RETRYABLE.has(String((error as Coded).code))
      if (number >= MAX_TRIES || !isRetryable) throw error
    }
  }
}

/** As `Promise.all`, but ends when all have ended: of a transaction that one of them fails the others send nothing more. */
export async function together<T extends readonly unknown[] | []>(work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work)
  return Promise.all(work)
}

const straight = rawOver((query) => pool.query(query))

/** The same outside of any transaction: every statement for itself. */
export const autocommit = new Proxy(db, { get: (client, name) => Reflect.get(straight, name) ?? Reflect.get(client, name) }) as Tx
