import { z } from 'zod'
import { Time } from '#lib/domain/bounds.ts'
import { refuse } from '#lib/domain/errors.ts'

/** A page of rows of which one more than `limit` was asked for. `last` is where the next page goes on from; undefined when this is the last. */
export function pageOf<Row>(rows: readonly Row[], limit: number): { items: Row[]; last: Row | undefined } {
  const items = rows.slice(0, limit)
  return { items, last: rows.length > limit ? items.at(-1) : undefined }
}

type Place = { at: Date; id: string }

const Cursor = z.codec(z.string(), z.object({ at: Time, id: z.uuid() }), {
  decode: (text) => ({ at: new Date(Number(text.slice(0, text.indexOf('.')))), id: text.slice(text.indexOf('.') + 1) }),
  encode: ({ at, id }) => `${at.getTime()}.${id}`,
})

/** A place in a list ordered by a time and an id: what a keyset page starts after. */
export const cursorOf = (place: Place): string => Cursor.encode(place)

/** The place a cursor names; null without one. @throws invalid-input for one that no list gave. */
export function placeOf(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null
  const place = Cursor.safeDecode(cursor)
  if (!place.success) refuse('invalid-input', 'The cursor is not one this list gave.', { issues: [{ path: 'cursor', message: 'unknown' }] })
  return place.data
}

type Than<T> = T | { lt: T } | { gt: T } | { lte: T } | { gte: T }

/** The rows `where` of a list ordered by a time and an id that come after a place; `compare` says how the list compares its time and id. */
export function afterPlace<Where>(
  where: Where,
  place: Place | null,
  isDescending: boolean,
  compare: (at: Than<Date>, id?: Than<string>) => Where,
): Where | { AND: (Where | { OR: Where[] })[] } {
  if (!place) return where
  const { at, id } = place
  return {
    AND: [
      where,
      // Says nothing new, but is what the index can start from.
      compare(isDescending ? { lte: at } : { gte: at }),
      { OR: [compare(isDescending ? { lt: at } : { gt: at }), compare(at, isDescending ? { lt: id } : { gt: id })] },
    ],
  }
}
