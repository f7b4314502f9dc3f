// Raw SQL straight to the driver: on its way through Prisma a short statement costs three times as much processor time.
import pg from 'pg'
import { statementName } from '#lib/db.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'

const RAW = ['$queryRaw', '$executeRaw', '$queryRawUnsafe', '$executeRawUnsafe'] as const
type Raw = Pick<Prisma.TransactionClient, (typeof RAW)[number]>

/** The driver names the types of single values only. */
const INT8_ARRAY: number = 1016

/** Values come as they come from Prisma: whole numbers of eight bytes as bigint, decimals exact, times without a zone as UTC. */
const PARSERS: Partial<Record<number, (text: string) => unknown>> = {
  [pg.types.builtins.INT8]: BigInt,
  [pg.types.builtins.NUMERIC]: (text) => new Prisma.Decimal(text),
  [pg.types.builtins.TIMESTAMP]: (text) => new Date(`${text}Z`),
  [pg.types.builtins.DATE]: (text) => new Date(`${text}T00:00:00Z`),
  [INT8_ARRAY]: (text) => text.slice(1, -1).split(',').filter(Boolean).map(BigInt),
}
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => (format !== 'binary' && PARSERS[oid]) || pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig

type Send = (query: pg.QueryConfig) => Promise<pg.QueryResult>

/** Prisma's four methods for raw SQL over a way to send statements. */
export function rawOver(send: Send): Raw {
  const run = (text: string, values: unknown[]) => send({ name: statementName({ sql: text }), text, values, types })
  const compile = (query: TemplateStringsArray | Prisma.Sql, values: unknown[]) => ('raw' in query ? Prisma.sql(query, ...values) : query)
  const statement = (query: TemplateStringsArray | Prisma.Sql, values: unknown[]) => {
    const sql = compile(query, values)
    return run(sql.text, sql.values)
  }
  return {
    $queryRaw: async (query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) => (await statement(query, values)).rows,
    $executeRaw: async (query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) => (await statement(query, values)).rowCount ?? 0,
    $queryRawUnsafe: async (text: string, ...values: unknown[]) => (await run(text, values)).rows,
    $executeRawUnsafe: async (text: string, ...values: unknown[]) => (await run(text, values)).rowCount ?? 0,
  } as unknown as Raw
}
