import { contentHash } from '#lib/domain/content-hash.ts'
import type { DraftContent, Message } from '#lib/domain/conversation.ts'
import type { Tx } from './operation.ts'

/** The project's newest guideline, which work done now is done under. */
export async function currentGuideline(tx: Tx, projectId: string) {
  return tx.guidelineVersion.findFirst({
    where: { projectId },
    orderBy: [{ major: 'desc' }, { minor: 'desc' }, { patch: 'desc' }],
    select: { id: true, version: true },
  })
}

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
  kind: 'authored' | 'fixed'
  content: DraftContent
  note: string
  guidelineVersionId: string | null
  isLate: boolean
}

/** Appends an immutable revision. The conversation must be locked by the caller, so that numbers do not collide. */
export async function appendRevision(tx: Tx, { content, ...revision }: NewRevision) {
  const last = await tx.revision.aggregate({ where: { conversationId: revision.conversationId }, _max: { number: true } })
  return tx.revision.create({
    data: {
      ...revision,
      number: (last._max.number ?? 0) + 1,
      messages: content.messages as object[],
      tools: content.tools as object[],
      contentHash: await contentHash({ messages: content.messages, tools: content.tools }),
    },
  })
}
