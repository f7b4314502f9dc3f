import { contentHash } from '#lib/domain/content-hash.ts'
import type { DraftContent, Message } from '#lib/domain/conversation.ts'
import type { Revision } from '#lib/generated/prisma/client.ts'
import { currentGuidelineId } from './current-guideline.ts'
import type { Tx } from './operation.ts'

const FIRST_TEXT_LENGTH = 300

/** What lists show of a text, kept beside it. */
export function summaryOf(messages: readonly Message[]) {
  const first = messages.find((message) => message.role === 'user')?.content ?? ''
  return {
    firstUserText: first.slice(0, FIRST_TEXT_LENGTH).replace(/[\uD800-\uDBFF]$/, ''),
    turns: messages.length,
    characters: messages.reduce((sum, message) => sum + message.content.length, 0),
  }
}

type NewRevision = {
  conversationId: string
  projectId: string
  parentId: string | null
  editorId: string
  /** `renewed`: the same text, to be judged again under a newer guideline. */
  kind: 'authored' | 'fixed' | 'renewed'
  content: DraftContent
  note: string
  isLate: boolean
}

type AppendedRevision = Pick<Revision, 'id' | 'number' | 'contentHash' | 'guidelineVersionId'>

/**
 * Appends an immutable revision under the project's newest guideline. The conversation must be locked by the caller, so that
 * numbers do not collide.
 */
export async function appendRevision(
  tx: Tx,
  { content: { messages, tools, acknowledgements = [] }, ...revision }: NewRevision,
): Promise<AppendedRevision> {
  const { conversationId, projectId, parentId, editorId, kind, note, isLate } = revision
  const hash = await contentHash({ messages, tools })
  const [row] = await tx.$queryRaw<[AppendedRevision]>`
    INSERT INTO "revision" (id, "conversationId", "projectId", "parentId", "editorId", kind, note, "isLate", messages, tools, acknowledgements, "contentHash", number, "guidelineVersionId")
    VALUES (gen_random_uuid(), ${conversationId}::uuid, ${projectId}::uuid, ${parentId}::uuid, ${editorId}::uuid, ${kind}, ${note}, ${isLate},
      ${JSON.stringify(messages)}::jsonb, ${JSON.stringify(tools)}::jsonb, ${JSON.stringify(acknowledgements)}::jsonb, ${hash},
      (SELECT coalesce(max(number), 0) + 1 FROM "revision" WHERE "conversationId" = ${conversationId}::uuid),
      ${currentGuidelineId(projectId)})
    RETURNING id, number, "contentHash", "guidelineVersionId"`
  return row
}
