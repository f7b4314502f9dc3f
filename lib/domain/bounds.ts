import { z } from 'zod'

/** A whole number that PostgreSQL's integer holds: larger ones are refused by field, not by the database. */
export const Int4 = z.int().min(-2_147_483_648).max(2_147_483_647)

/** A time that PostgreSQL and ISO text with four digits of year hold. */
export const Time = z.date().min(new Date('0001-01-01T00:00:00Z')).max(new Date('9999-12-31T23:59:59.999Z'))

/** As Time, written out. ISO texts know a year 0, PostgreSQL does not. */
export const TimeText = z.iso.datetime().refine((text) => !text.startsWith('0000'), { message: 'must lie in the year 1 or later' })

const choices = (item: z.ZodType): string => (item instanceof z.ZodEnum ? item.options.join(', ') : 'text')

/** One or several of these in the query of an address: `?state=a` is as good as `?state=a&state=b`. */
export const listOf = <T extends z.ZodType<unknown, string>>(item: T, most = 100) =>
  z
    .union([item, z.array(item)], { error: () => `must be one or several of: ${choices(item)}` })
    .transform((value) => [value].flat() as z.output<T>[])
    .refine((list) => list.length <= most, { message: `at most ${most}` })
