import { z } from 'zod'
import { Assignment, AssignmentKind } from '#lib/domain/assignment.ts'
import { Acknowledgement } from '#lib/domain/check/acknowledgement.ts'
import { ConversationState, Message, Tool } from '#lib/domain/conversation.ts'
import { mayMove } from '#lib/domain/machine.ts'
import { barToReview, Ratings, Severity, Verdict } from '#lib/domain/review.ts'
import { storedState } from '#lib/domain/state-schema.ts'
import { Item } from './conversation-list.ts'
import type { Run, Tx } from './operation.ts'
import type { ConversationSubject } from './subject.ts'

/** Somebody in this conversation. Names are for managers and for oneself; everybody else reads a letter, the same each time. */
const Who = z.object({ alias: z.string(), name: z.string().nullable(), isSelf: z.boolean() })

export const Detail = Item.extend({
  projectId: z.uuid(),
  version: z.int(),
  holdsSlot: z.boolean(),
  requiredApprovals: z.int(),
  guidelineVersion: z.string().nullable(),
  author: Who,
  prompt: z.object({
    id: z.uuid(),
    externalId: z.string().nullable(),
    category: z.string(),
    language: z.string(),
    tags: z.array(z.string()),
    source: z.string(),
    licence: z.string(),
    instructions: z.string(),
    messages: z.array(Message),
    tools: z.array(Tool),
  }),
  revisions: z.array(
    z.object({
      id: z.uuid(),
      number: z.int(),
      kind: z.string(),
      editor: Who,
      note: z.string(),
      contentHash: z.string(),
      isLate: z.boolean(),
      createdAt: z.date(),
      messages: z.array(Message),
      tools: z.array(Tool),
      acknowledgements: z.array(Acknowledgement).describe('Reasons its editor gave for what checks found'),
    }),
  ),
  reviews: z.array(
    z.object({
      id: z.uuid(),
      revisionId: z.uuid(),
      kind: z.string(),
      reviewer: Who,
      verdict: Verdict,
      ratings: Ratings,
      flags: z.array(z.string()),
      summary: z.string(),
      createdAt: z.date(),
      withdrawnAt: z.date().nullable(),
      comments: z.array(
        z.object({
          id: z.uuid(),
          messageId: z.string().nullable(),
          rangeStart: z.int().nullable(),
          rangeEnd: z.int().nullable(),
          quote: z.string(),
          body: z.string(),
          suggestion: z.string().nullable(),
          severity: Severity,
          ruleSlug: z.string().nullable(),
          isGap: z.boolean().describe('The guideline has no rule for it yet'),
          guidelineVersion: z.string().nullable(),
          resolvedAt: z.date().nullable(),
          createdAt: z.date(),
        }),
      ),
    }),
  ),
  snapshots: z.array(
    z.object({ id: z.uuid(), name: z.string(), split: z.string(), builds: z.array(z.object({ id: z.uuid(), state: storedState('build') })) }),
  ),
  assignment: Assignment.nullable().describe('The lease you hold on it'),
  abilities: z.object({ write: z.boolean(), review: z.boolean(), adjudicate: z.boolean(), withdraw: z.boolean(), renew: z.boolean() }),
})

/** Gives every person of one conversation a letter in order of appearance, and a name where the reader may know it. */
async function namer(tx: Tx, ids: readonly string[], readerId: string | null, maySeeNames: boolean) {
  const order = [...new Set(ids)]
  const users = await tx.user.findMany({ where: { id: { in: order } }, select: { id: true, name: true, email: true } })
  const names = new Map(users.map((user) => [user.id, user.name ?? user.email]))
  return (id: string): z.input<typeof Who> => ({
    alias: String.fromCharCode(65 + (order.indexOf(id) % 26)),
    name: maySeeNames || id === readerId ? (names.get(id) ?? null) : null,
    isSelf: id === readerId,
  })
}

async function detailRows(tx: Tx, subject: ConversationSubject, readerId: string | null, seesUse: boolean) {
  const conversationId = subject.id
  const prompt = await tx.prompt.findUniqueOrThrow({ where: { id: subject.promptId } })
  const revisions = await tx.revision.findMany({ where: { conversationId }, orderBy: { number: 'asc' } })
  const reviews = await tx.review.findMany({
    where: { conversationId },
    orderBy: { createdAt: 'asc' },
    include: { comments: { orderBy: { createdAt: 'asc' } } },
  })
  const rows = seesUse
    ? await tx.snapshotRow.findMany({
        where: { conversationId },
        include: { snapshot: { select: { id: true, name: true, builds: { select: { id: true, state: true } } } } },
      })
    : []
  const lease = readerId
    ? await tx.assignment.findFirst({ where: { conversationId, assigneeId: readerId, state: 'leased' }, orderBy: { fencingToken: 'desc' } })
    : null
  const guideline = subject.guidelineVersionId
    ? await tx.guidelineVersion.findUnique({ where: { id: subject.guidelineVersionId }, select: { version: true } })
    : null
  return { prompt, revisions, reviews, rows, lease, guideline }
}

/** A conversation as one who may read it sees it. */
export async function detailOf({ tx, actor, subject, may }: Pick<Run<unknown, ConversationSubject>, 'tx' | 'actor' | 'subject' | 'may'>) {
  const readerId = actor.kind === 'person' ? actor.userId : null
  const seesUse = may('snapshot:read')
  const { prompt, revisions, reviews, rows, lease, guideline } = await detailRows(tx, subject, readerId, seesUse)
  const involved = [subject.authorId, ...subject.involvedIds, ...reviews.map((review) => review.reviewerId)]
  const who = await namer(tx, involved, readerId, may('conversation:see-names'))
  const isOpen = subject.state === 'draft' || subject.state === 'changes-requested'
  return {
    ...subject,
    isOwn: subject.authorId === readerId,
    guidelineVersion: guideline?.version ?? null,
    author: who(subject.authorId),
    prompt: { ...prompt, messages: z.array(Message).parse(prompt.messages), tools: z.array(Tool).parse(prompt.tools) },
    revisions: revisions.map((revision) => ({
      ...revision,
      editor: who(revision.editorId),
      messages: z.array(Message).parse(revision.messages),
      tools: z.array(Tool).parse(revision.tools),
      acknowledgements: z.array(Acknowledgement).parse(revision.acknowledgements),
    })),
    reviews: reviews.map((review) => ({
      ...review,
      reviewer: who(review.reviewerId),
      verdict: Verdict.parse(review.verdict),
      ratings: Ratings.parse(review.ratings),
      comments: review.comments.map((comment) => ({ ...comment, severity: Severity.parse(comment.severity) })),
    })),
    snapshots: rows.map(({ snapshot, split }) => ({ id: snapshot.id, name: snapshot.name, split, builds: snapshot.builds })),
    assignment: lease && { ...lease, kind: AssignmentKind.parse(lease.kind), state: 'leased' as const, fencingToken: Number(lease.fencingToken) },
    abilities: {
      write: isOpen && may('conversation:submit'),
      review: subject.state === 'submitted' && may('conversation:review') && (readerId === null || barToReview(subject, readerId) === null),
      adjudicate: subject.state === 'escalated' && may('conversation:adjudicate'),
      withdraw: mayMove('conversation', ConversationState.parse(subject.state), 'withdrawn') && may('conversation:withdraw'),
      renew: subject.state === 'stale' && may('conversation:renew'),
    },
  }
}
