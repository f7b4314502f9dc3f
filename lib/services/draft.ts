import { z } from 'zod'
import { Int4 } from '#lib/domain/bounds.ts'
import { DraftContent } from '#lib/domain/conversation.ts'
import { applyDraftPatch } from '#lib/domain/draft-patch.ts'
import { DraftPatchInput } from '#lib/domain/draft-patch-schema.ts'
import { refuse } from '#lib/domain/errors.ts'
import { operation, type Tx } from './operation.ts'
import { conversationSubject } from './subject.ts'
import { transition } from './transition.ts'

/** Opens a returned conversation for its author: the text they sent becomes their draft again, in the same transaction. */
export async function openDraft(tx: Tx, conversationId: string): Promise<void> {
  const conversation = await tx.conversation.findUniqueOrThrow({ where: { id: conversationId } })
  await transition(tx, 'conversation', conversation, 'draft', { updatedAt: new Date() })
  const revision = await tx.revision.findUniqueOrThrow({ where: { id: conversation.currentRevisionId ?? refuse('not-found') } })
  const content = { messages: revision.messages, tools: revision.tools, acknowledgements: revision.acknowledgements } as object
  await tx.draft.upsert({
    where: { conversationId },
    create: { conversationId, authorId: conversation.authorId, content },
    update: {},
  })
}

const Saved = z.object({ conversationId: z.uuid(), version: z.int(), savedAt: z.date() })
const Draft = Saved.extend({ content: DraftContent })

const NO_DRAFT = 'This conversation has no draft.'

function requireOpen({ state }: { state: string }): void {
  if (state !== 'draft') refuse('illegal-transition', `This conversation is ${state}; its draft is closed.`, { state })
}

/** Puts the text in the place of that of the version; null when the draft has another version by now. */
async function store(tx: Tx, conversationId: string, baseVersion: number, content: string): Promise<z.infer<typeof Saved> | null> {
  const [saved] = await tx.$queryRaw<{ version: number; updatedAt: Date }[]>`
    UPDATE "draft" SET content = ${content}::jsonb, version = version + 1, "updatedAt" = now()
    WHERE "conversationId" = ${conversationId}::uuid AND version = ${baseVersion} RETURNING version, "updatedAt"`
  if (!saved) return null
  // After the draft's lock: a lease that ended while this save waited for it has left its mark by now.
  await tx.$executeRaw`UPDATE "conversation" SET "lapsedAt" = NULL WHERE id = ${conversationId}::uuid AND "lapsedAt" IS NOT NULL`
  return { conversationId, version: saved.version, savedAt: saved.updatedAt }
}

const refuseStale = ({ version, updatedAt, content }: { version: number; updatedAt: Date; content: unknown }): never =>
  refuse('stale-version', 'This conversation was edited elsewhere. Both texts are kept: choose or merge them.', {
    version,
    savedAt: updatedAt,
    content,
  })

export const getDraft = operation('draft:write', {
  name: 'getDraft',
  route: { method: 'GET', path: '/conversations/{conversationId}/draft', summary: 'The author’s unsent text', tags: ['write'] },
  input: z.strictObject({ conversationId: z.uuid() }),
  output: Draft,
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor),
  run: async ({ tx, subject }) => {
    const draft = (await tx.draft.findUnique({ where: { conversationId: subject.id } })) ?? refuse('not-found', NO_DRAFT)
    return { conversationId: subject.id, version: draft.version, savedAt: draft.updatedAt, content: DraftContent.parse(draft.content) }
  },
})

export const saveDraft = operation('draft:write', {
  name: 'saveDraft',
  route: {
    method: 'PUT',
    path: '/conversations/{conversationId}/draft',
    summary: 'Save the author’s text over the version it was read at',
    description:
      'A save over an older version is refused as stale-version; the refusal carries the text on the server, so that both can be shown and neither is lost.',
    tags: ['write'],
  },
  input: z.strictObject({ conversationId: z.uuid(), baseVersion: Int4.min(0), content: DraftContent }),
  output: Saved,
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor),
  // A save a few seconds after every keystroke is too small an event to chain; the revision it ends in is audited.
  event: null,
  run: async ({ tx, input, subject }) => {
    requireOpen(subject)
    const content = JSON.stringify(input.content)
    const saved = await store(tx, subject.id, input.baseVersion, content)
    if (saved) return saved
    const current = (await tx.draft.findUnique({ where: { conversationId: subject.id } })) ?? refuse('not-found', NO_DRAFT)
    // The answer to an earlier save was lost on the way: the text is there, so this is no conflict.
    const same = await tx.$queryRaw<
      { same: boolean }[]
    >`SELECT content = ${content}::jsonb AS same FROM "draft" WHERE "conversationId" = ${subject.id}::uuid`
    if (same[0]?.same) return { conversationId: subject.id, version: current.version, savedAt: current.updatedAt }
    return refuseStale(current)
  },
})

export const patchDraft = operation('draft:write', {
  name: 'patchDraft',
  route: {
    method: 'PATCH',
    path: '/conversations/{conversationId}/draft',
    summary: 'Save what changed in the author’s text since the version it was read at',
    description:
      'As a save of the whole, in a message of the size of the change. Made for another text than the one on the server, it is refused as stale-version, with that text.',
    tags: ['write'],
  },
  input: z.strictObject({ conversationId: z.uuid(), baseVersion: Int4.min(0), patch: DraftPatchInput }),
  output: Saved,
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor),
  // As saveDraft.
  event: null,
  run: async ({ tx, input, subject }) => {
    requireOpen(subject)
    const [current = refuse('not-found', NO_DRAFT)] = await tx.$queryRaw<{ version: number; updatedAt: Date; content: DraftContent }[]>`
      SELECT version, "updatedAt", content FROM "draft" WHERE "conversationId" = ${subject.id}::uuid FOR UPDATE`
    const patched = current.version === input.baseVersion ? applyDraftPatch(current.content, input.patch) : null
    if (!patched) return refuseStale(current)
    const content = DraftContent.safeParse(patched)
    if (!content.success) return refuse('invalid-input', 'The patch leaves behind what is no conversation, such as half of a character.')
    return (await store(tx, subject.id, input.baseVersion, JSON.stringify(content.data))) ?? refuseStale(current)
  },
})

export const draftOperations = { getDraft, saveDraft, patchDraft }
