import { z } from 'zod'
import type { Tx } from './operation.ts'

/** Somebody in this conversation. Names are for managers and for oneself; everybody else reads a letter, the same each time. */
export const Who = z.object({ alias: z.string(), name: z.string().nullable(), isSelf: z.boolean() })
export type NameOf = (userId: string) => z.input<typeof Who>

type Reader = { id: string | null; seesNames: boolean }

/** Gives every person of one conversation a letter in order of appearance, the author A, and a name where the reader may know it. */
export async function namesIn(tx: Tx, conversation: { id: string; authorId: string }, reader: Reader): Promise<NameOf> {
  const rows = await tx.$queryRaw<{ id: string; name: string | null }[]>`
    SELECT u.id, coalesce(u.name, u.email) AS name FROM (
      SELECT "editorId" AS id, "createdAt" AS at FROM "revision" WHERE "conversationId" = ${conversation.id}::uuid
      UNION ALL SELECT "reviewerId", "createdAt" FROM "review" WHERE "conversationId" = ${conversation.id}::uuid
      UNION ALL SELECT r."authorId", r."createdAt" FROM "comment_reply" r JOIN "comment" m ON m.id = r."commentId" WHERE m."conversationId" = ${conversation.id}::uuid
      UNION ALL SELECT ${conversation.authorId}::uuid, '-infinity'
    ) AS appearance JOIN "user" u ON u.id = appearance.id GROUP BY u.id ORDER BY min(appearance.at), u.id`
  const order = rows.map(({ id }) => id)
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  return (id) => ({
    alias: String.fromCharCode(65 + (order.indexOf(id) % 26)),
    name: reader.seesNames || id === reader.id ? (names.get(id) ?? null) : null,
    isSelf: id === reader.id,
  })
}
