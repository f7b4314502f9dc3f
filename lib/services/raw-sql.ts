// Raw SQL straight to the driver: on its way through Prisma a short statement costs three times as much processor time.
import pg from 'pg'
import { statementName } from '#lib/db.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'

const RAW = ['$queryRaw', '$executeRaw', '$queryRawUnsafe', '$executeRawUnsafe'] as const
type Raw = Pick<Prisma.TransactionClient, (typeof RAW)[number]>

type Parse = (text: string) => unknown

const { builtins } = pg.types
/** The driver names the types of single values only. */
const ARRAY = {
  text: 1009,
  int8: 1016,
  numeric: 1231,
  timestamp: 1115,
  date: 1182,
  bytea: 1001,
  time: 1183,
  oid: 1028,
  money: 791,
  timetz: 1270,
}

/** Values come as they come from Prisma: whole numbers of eight bytes as bigint, decimals exact, times without a zone as UTC. */
const int8: Parse = BigInt
const numeric: Parse = (text) => new Prisma.Decimal(text)
const timestamp: Parse = (text) => new Date(`${text}Z`)
const date: Parse = (text) => new Date(`${text}T00:00:00Z`)

const parseTexts: (text: string) => (string | null)[] = pg.types.getTypeParser(ARRAY.text)
const each =
  (parse: Parse): Parse =>
  (text) =>
    parseTexts(text).map((element) => (element === null ? null : parse(element)))

/** Prisma has forms of its own for these too. No statement asks for one; the first that does is told before it takes another form for it. */
const unknownForm: Parse = () => {
  throw new TypeError('raw SQL has no form for a value of this type: cast it in the statement')
}
const UNKNOWN = [
  ...[builtins.BYTEA, builtins.TIME, builtins.TIMETZ, builtins.OID, builtins.MONEY],
  ...[ARRAY.bytea, ARRAY.time, ARRAY.timetz, ARRAY.oid, ARRAY.money],
]

const PARSERS: Partial<Record<number, Parse>> = {
  [builtins.INT8]: int8,
  [builtins.NUMERIC]: numeric,
  [builtins.TIMESTAMP]: timestamp,
  [builtins.DATE]: date,
  [ARRAY.int8]: each(int8),
  [ARRAY.numeric]: each(numeric),
  [ARRAY.timestamp]: each(timestamp),
  [ARRAY.date]: each(date),
  ...Object.fromEntries(UNKNOWN.map((oid) => [oid, unknownForm])),
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
