import { z } from 'zod'
import { Assignment, AssignmentKind } from '#lib/domain/assignment.ts'
import { Acknowledgement } from '#lib/domain/check/acknowledgement.ts'
import { ConversationState, Message, Tool } from '#lib/domain/conversation.ts'
import { mayMove } from '#lib/domain/machine.ts'
import { barToReview, Ratings, Verdict } from '#lib/domain/review.ts'
import { Ruling } from '#lib/domain/ruling.ts'
import { storedState } from '#lib/domain/state-schema.ts'
import { Comment, IN_ORDER, shapeComment } from './comment.ts'
import { Item } from './conversation-list.ts'
import { namesIn, Who } from './conversation-people.ts'
import type { Run, Tx } from './operation.ts'
import { citedIn } from './ruling.ts'
import type { ConversationSubject } from './subject.ts'

/** Comments a conversation comes with at once; a page with more would be slow, and nobody reads them all. */
const MOST_COMMENTS = 400

const OwnRuling = Ruling.pick({ id: true, question: true, decision: true, reasons: true, isGap: true, rules: true, createdAt: true })

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
      ruling: OwnRuling.nullable().describe('What an adjudication said beyond this conversation'),
      commentCount: z.int(),
      comments: z.array(Comment).describe(`All of them, or none where newer verdicts have ${MOST_COMMENTS} already: listComments has the rest`),
    }),
  ),
  snapshots: z.array(
    z.object({ id: z.uuid(), name: z.string(), split: z.string(), builds: z.array(z.object({ id: z.uuid(), state: storedState('build') })) }),
  ),
  assignment: Assignment.nullable().describe('The lease you hold on it'),
  abilities: z.object({ write: z.boolean(), review: z.boolean(), adjudicate: z.boolean(), withdraw: z.boolean(), renew: z.boolean() }),
})

/** The comments of the newest verdicts, whole verdicts only, those that stand first. */
async function commentsOf(tx: Tx, reviews: readonly { id: string; withdrawnAt: Date | null; _count: { comments: number } }[]) {
  let room = MOST_COMMENTS
  const shown = reviews
    .toReversed()
    .toSorted((a, b) => Number(a.withdrawnAt !== null) - Number(b.withdrawnAt !== null))
    .filter(({ _count }) => {
      room -= _count.comments
      return room >= 0
    })
  const rows = await tx.comment.findMany({ ...IN_ORDER, where: { reviewId: { in: shown.map(({ id }) => id) } } })
  return Map.groupBy(rows, ({ reviewId }) => reviewId)
}

async function detailRows(tx: Tx, subject: ConversationSubject, readerId: string | null, seesUse: boolean) {
  const conversationId = subject.id
  const prompt = await tx.prompt.findUniqueOrThrow({ where: { id: subject.promptId } })
  const revisions = await tx.revision.findMany({ where: { conversationId }, orderBy: { number: 'asc' } })
  const reviews = await tx.review.findMany({
    where: { conversationId },
    orderBy: { createdAt: 'asc' },
    include: { ruling: { include: { citations: { orderBy: { ruleSlug: 'asc' } } } }, _count: { select: { comments: true } } },
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
  return { prompt, revisions, reviews, comments: await commentsOf(tx, reviews), rows, lease, guideline }
}

/** A conversation as one who may read it sees it. */
export async function detailOf({ tx, actor, subject, may }: Pick<Run<unknown, ConversationSubject>, 'tx' | 'actor' | 'subject' | 'may'>) {
  const readerId = actor.kind === 'person' ? actor.userId : null
  const seesUse = may('snapshot:read')
  const { prompt, revisions, reviews, comments, rows, lease, guideline } = await detailRows(tx, subject, readerId, seesUse)
  const who = await namesIn(tx, subject, { id: readerId, seesNames: may('conversation:see-names') })
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
      ruling: review.ruling && { ...review.ruling, rules: citedIn(review.ruling) },
      commentCount: review._count.comments,
      comments: (comments.get(review.id) ?? []).map((comment) => shapeComment(comment, subject.authorId, who)),
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
