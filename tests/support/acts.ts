// What people and the worker may do at random. An act answers undefined when there was nothing to do it to.
import path from 'node:path'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import type { Message } from '#lib/domain/conversation.ts'
import type { GuidelineContent } from '#lib/domain/guideline.ts'
import { SKIP_REASONS } from '#lib/domain/skip-reasons.ts'
import { cancelBuild, startBuild } from '#lib/services/build.ts'
import { runBuild } from '#lib/services/build-run.ts'
import { replyToComment, resolveComment } from '#lib/services/comment.ts'
import { withdrawConversation } from '#lib/services/conversation.ts'
import { saveDraft } from '#lib/services/draft.ts'
import { getGuidelineDraft, publishGuideline, saveGuidelineDraft } from '#lib/services/guideline.ts'
import { expireLeases } from '#lib/services/lease.ts'
import { invoke } from '#lib/services/operation.ts'
import { updateProject } from '#lib/services/project.ts'
import { withdrawPrompt } from '#lib/services/prompt.ts'
import { adjudicateConversation, fixConversation, submitReview, withdrawReview } from '#lib/services/review.ts'
import { overruleRuling, reconcileRuling } from '#lib/services/ruling-settlement.ts'
import { freezeSnapshot } from '#lib/services/snapshot.ts'
import { runFreeze } from '#lib/services/snapshot-freeze.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork, extendAssignment, releaseAssignment, resumeWork, skipAssignment } from '#lib/services/work.ts'
import { revokeAssignment, updatePrompts } from '#lib/services/work-queue.ts'
import { as, assistant, buildProject, buildPrompt, join, user } from './world.ts'

const RULE = 'truthful/unknown'
const SHARES = { train: 0.5, validation: 0.25, test: 0.25 }
const tokenizerFolder = path.resolve(import.meta.dirname, '../golden/tokenizer')

export type World = {
  projectId: string
  modelId: string
  people: { person: Person; roles: readonly string[] }[]
  outsider: Person
  worker: <T>(job: () => Promise<T>) => Promise<T>
}
/** Whoever acts: mostly somebody it is meant for, by role or by id, else anybody at all. */
export type By = (...suited: (string | null | undefined)[]) => Person
type Act = (world: World, by: By, pick: number) => Promise<unknown>

const guidelineText = (statement: string): GuidelineContent => {
  const text = { en: statement }
  const example = { prompt: text, answer: text, why: text }
  const rule = { slug: RULE, principle: 'truthful', level: 'must', title: text, statement: text, rationale: text } as const
  return {
    title: text,
    body: text,
    procedure: [],
    rules: [{ ...rule, appliesTo: { roles: [], categories: [] }, good: example, bad: example, examples: [] }],
  }
}

async function publish(projectId: string, person: Person, pick: number) {
  const draft = await invoke(getGuidelineDraft, { projectId }, as(person))
  const content = guidelineText(`Say so, ${pick} ${crypto.randomUUID()}.`)
  const saved = await invoke(saveGuidelineDraft, { projectId, baseVersion: draft.version, content }, as(person))
  const bump = (['major', 'minor', 'patch'] as const)[pick % 3] ?? 'major'
  return invoke(publishGuideline, { projectId, bump, note: 'Another wording.', draftVersion: saved.version }, as(person))
}

/** A project with prompts that want one to three answers, everybody who can be in one, and somebody who is not. */
export async function openWorld(): Promise<World> {
  const { id: projectId } = await buildProject()
  const manager = await join(projectId, 'manager')
  const roles = [['labeller'], ['labeller'], ['labeller', 'reviewer'], ['reviewer'], ['reviewer'], ['manager'], ['manager'], ['engineer']] as const
  const others = await Promise.all(roles.map(async (each) => ({ person: await join(projectId, ...each), roles: each })))
  const outsider = await join((await buildProject()).id, 'labeller', 'reviewer', 'engineer', 'manager')
  // Said once at the start, so that the chain always knows what was asked for.
  await invoke(updateProject, { projectId, requiredApprovals: 1 }, as(manager))
  await publish(projectId, manager, 0)
  for (const answersWanted of [1, 2, 3]) await buildPrompt(projectId, { answersWanted })
  const model = await db.model.create({ data: { projectId, kind: 'base', name: 'tokenizer', path: tokenizerFolder, details: {} } })
  // The queue gives a snapshot or a build to one worker at a time.
  let queue: Promise<unknown> = Promise.resolve()
  const worker: World['worker'] = (job) => {
    const next = queue.then(job, job)
    queue = next.catch(() => undefined)
    return next
  }
  const people = [{ person: manager, roles: ['manager'] }, ...others, { person: outsider, roles: [] }]
  return { projectId, modelId: model.id, people, outsider, worker }
}

const text = (n: number): { messages: Message[]; tools: [] } => ({ messages: [user(`Question ${n}?`), assistant(`Answer ${n % 5}.`)], tools: [] })
const among = <T>(rows: readonly T[], pick: number): T | undefined => rows[pick % Math.max(rows.length, 1)]

type Where = NonNullable<Parameters<typeof db.conversation.findMany>[0]>['where']

/** One of the conversations, mostly one in the state the act is for. */
async function conversationOf({ projectId }: World, pick: number, state: string, more: Where = {}) {
  const where = { projectId, ...more, ...(pick % 5 > 0 ? { state } : {}) }
  return among(await db.conversation.findMany({ where, orderBy: { id: 'asc' }, include: { draft: true } }), pick)
}

/** An act on a conversation that has a revision. */
const onRevision =
  (state: string, act: (row: { id: string; revisionId: string; authorId: string }, by: By, pick: number) => Promise<unknown>): Act =>
  async (world, by, pick) => {
    const row = await conversationOf(world, pick, state, { currentRevisionId: { not: null } })
    return row?.currentRevisionId ? act({ ...row, revisionId: row.currentRevisionId }, by, pick) : undefined
  }

const onLease =
  (act: (lease: { assignmentId: string }, holder: Person, pick: number) => Promise<unknown>): Act =>
  async ({ projectId }, by, pick) => {
    const leases = await db.assignment.findMany({ where: { projectId, state: 'leased' }, orderBy: { fencingToken: 'asc' } })
    const lease = among(leases, pick)
    return lease && act({ assignmentId: lease.id }, by(lease.assigneeId), pick)
  }

const comments = (pick: number) => [{ body: 'See the rule.', severity: 'minor' as const, ...(pick % 7 > 0 ? { rule: RULE } : {}) }]

/** Submits with the newest token, without one, or with that of a lease which a later one has replaced: that must not succeed. */
const submit: Act = async (world, by, pick) => {
  const row = await conversationOf(world, pick, 'draft')
  if (!row) return undefined
  const leases = await db.assignment.findMany({ where: { conversationId: row.id, kind: 'write' }, orderBy: { fencingToken: 'desc' } })
  const lease = among([undefined, leases[0], leases[1]], pick)
  const token = lease ? { fencingToken: Number(lease.fencingToken) } : {}
  const input = { conversationId: row.id, baseVersion: row.draft?.version ?? 0, content: text(pick), ...token }
  const done = await invoke(submitConversation, input, as(by(row.authorId)))
  if (lease && lease === leases[1]) throw new Error('a stale fencing token submitted')
  return done
}

/** Judges as who holds the review, or as any reviewer while nobody does. */
const review: Act = onRevision('submitted', async ({ id, revisionId }, by, pick) => {
  const lease = await db.assignment.findFirst({ where: { conversationId: id, kind: 'review', state: 'leased' } })
  const verdict = among(['approve', 'request-changes', 'approve', 'escalate', 'approve', 'reject', 'approve', 'escalate'] as const, pick) ?? 'approve'
  return invoke(submitReview, { conversationId: id, revisionId, verdict, comments: comments(pick) }, as(by(lease?.assigneeId ?? 'reviewer')))
})

/** A manager changes when and to whom a prompt is given: held back or not, for one person, for more or fewer answers. */
const steer: Act = async ({ projectId, people }, by, pick) => {
  const prompt = among(await db.prompt.findMany({ where: { projectId }, orderBy: { position: 'asc' } }), pick)
  if (!prompt) return undefined
  const change = among(
    [
      { isHeld: true },
      { isHeld: false },
      { isHeld: pick % 2 === 0, answersWanted: 1 + (pick % 4) },
      { answersWanted: 1 + (pick % 4) },
      { assigneeId: people[pick % people.length]?.person.userId ?? null },
      { assigneeId: null, skills: pick % 2 ? ['python'] : [], priority: pick },
    ],
    pick,
  )
  return invoke(updatePrompts, { projectId, promptIds: [prompt.id], ...change }, as(by('manager')))
}

/** A manager takes work out of somebody's hands. */
const revoke: Act = async ({ projectId }, by, pick) => {
  const lease = among(await db.assignment.findMany({ where: { projectId, state: 'leased' }, orderBy: { fencingToken: 'asc' } }), pick)
  return lease && invoke(revokeAssignment, { assignmentId: lease.id }, as(by('manager')))
}

/** Mostly a ruling on the one rule, either way; sometimes a gap, one that cites nothing, or none at all, which must not pass. */
const rulingOf = (pick: number) => {
  if (pick % 11 === 0) return {}
  const rules = [{ rule: RULE, finding: pick % 2 ? ('kept' as const) : ('broken' as const) }]
  return { ruling: { question: `May it say ${pick}?`, decision: 'So it is.', ...(pick % 7 === 0 ? { gap: pick % 3 > 0 } : { rules }) } }
}

/** Decides as who holds the escalation, or as any manager while nobody does. */
const adjudicate: Act = onRevision('escalated', async ({ id, revisionId }, by, pick) => {
  const lease = await db.assignment.findFirst({ where: { conversationId: id, kind: 'adjudicate', state: 'leased' } })
  const verdict = pick % 3 ? 'approve' : 'reject'
  return invoke(
    adjudicateConversation,
    { conversationId: id, revisionId, verdict, comments: comments(pick), ...rulingOf(pick) },
    as(by(lease?.assigneeId ?? 'manager')),
  )
})

const overrule: Act = async ({ projectId }, by, pick) => {
  const rows = await db.ruling.findMany({ where: { projectId }, orderBy: { id: 'asc' } })
  const [one, other] = [among(rows, pick), among(rows, pick + 1)]
  const byId = pick % 4 === 0 ? null : other?.id
  return one && byId !== undefined ? invoke(overruleRuling, { rulingId: one.id, byId }, as(by('manager'))) : undefined
}

const reconcile: Act = async ({ projectId }, by, pick) => {
  const row = among(await db.ruling.findMany({ where: { projectId }, orderBy: { id: 'asc' } }), pick)
  return row && invoke(reconcileRuling, { rulingId: row.id, rule: RULE, reconciled: pick % 3 > 0 }, as(by('manager')))
}

const save: Act = async (world, by, pick) => {
  const row = await conversationOf(world, pick, 'draft')
  const version = row?.draft?.version ?? 0
  return row && invoke(saveDraft, { conversationId: row.id, baseVersion: version, content: text(pick) }, as(by(row.authorId)))
}

const resume: Act = async (world, by, pick) => {
  const row = await conversationOf(world, pick, pick % 2 ? 'changes-requested' : 'draft')
  return row && invoke(resumeWork, { conversationId: row.id }, as(by(row.authorId)))
}

const takeBack: Act = async ({ projectId }, by, pick) => {
  const row = among(await db.review.findMany({ where: { projectId, withdrawnAt: null }, orderBy: { createdAt: 'desc' } }), pick % 3)
  return row && invoke(withdrawReview, { reviewId: row.id }, as(by(row.reviewerId)))
}

const resolve: Act = async ({ projectId }, by, pick) => {
  const where = { review: { projectId } }
  const row = among(await db.comment.findMany({ where, orderBy: { id: 'asc' }, include: { conversation: { select: { authorId: true } } } }), pick)
  return row && invoke(resolveComment, { commentId: row.id, resolved: pick % 3 > 0 }, as(by(row.conversation.authorId)))
}

const reply: Act = async ({ projectId }, by, pick) => {
  const where = { review: { projectId } }
  const row = among(await db.comment.findMany({ where, orderBy: { id: 'asc' }, include: { conversation: { select: { authorId: true } } } }), pick)
  return row && invoke(replyToComment, { commentId: row.id, body: `Because of ${pick}.` }, as(by(row.conversation.authorId, 'reviewer')))
}

const withdraw: Act = async (world, by, pick) => {
  const row = pick % 4 ? undefined : await conversationOf(world, pick, 'approved')
  return row && invoke(withdrawConversation, { conversationId: row.id, reason: 'Because' }, as(by(row.authorId, 'manager')))
}

const withdrawAPrompt: Act = async ({ projectId }, by, pick) => {
  const row = pick % 4 ? undefined : await db.prompt.findFirst({ where: { projectId, state: { not: 'withdrawn' } }, orderBy: { position: 'desc' } })
  return row && invoke(withdrawPrompt, { promptId: row.id }, as(by('engineer')))
}

const build: Act = async ({ projectId, modelId }, by, pick) => {
  const row = among(await db.snapshot.findMany({ where: { projectId, state: 'frozen' }, orderBy: { id: 'asc' } }), pick)
  return row && invoke(startBuild, { projectId, snapshotId: row.id, modelId, recipe: { maxLength: pick % 2 ? 16 : 512 } }, as(by('engineer')))
}

const cancel: Act = async ({ projectId }, by, pick) => {
  const row = among(await db.build.findMany({ where: { projectId, ...(pick % 3 ? { state: 'queued' } : {}) }, orderBy: { id: 'desc' } }), pick)
  return row && invoke(cancelBuild, { buildId: row.id }, as(by('engineer')))
}

const reason = (pick: number) => SKIP_REASONS[pick % SKIP_REASONS.length] ?? 'other'

/** With how much each comes up beside the others. */
export const ACTS: readonly { name: string; weight: number; act: Act }[] = [
  { name: 'claim', weight: 4, act: ({ projectId }, by) => invoke(claimWork, { projectId }, as(by('labeller'))) },
  { name: 'claim review', weight: 2, act: ({ projectId }, by) => invoke(claimWork, { projectId, kind: 'review' }, as(by('reviewer'))) },
  { name: 'save', weight: 2, act: save },
  { name: 'submit', weight: 5, act: submit },
  { name: 'review', weight: 7, act: review },
  { name: 'adjudicate', weight: 5, act: adjudicate },
  {
    name: 'fix',
    weight: 1,
    act: onRevision('submitted', ({ id, revisionId }, by, pick) =>
      invoke(fixConversation, { conversationId: id, revisionId, content: text(pick) }, as(by('reviewer'))),
    ),
  },
  { name: 'withdraw review', weight: 2, act: takeBack },
  { name: 'claim adjudication', weight: 2, act: ({ projectId }, by) => invoke(claimWork, { projectId, kind: 'adjudicate' }, as(by('manager'))) },
  { name: 'resolve comment', weight: 1, act: resolve },
  { name: 'reply to comment', weight: 1, act: reply },
  { name: 'overrule', weight: 1, act: overrule },
  { name: 'reconcile', weight: 1, act: reconcile },
  { name: 'extend', weight: 1, act: onLease((lease, holder) => invoke(extendAssignment, lease, as(holder))) },
  {
    name: 'skip',
    weight: 1,
    act: onLease((lease, holder, pick) => invoke(skipAssignment, { ...lease, reason: reason(pick), comment: 'x' }, as(holder))),
  },
  { name: 'release', weight: 1, act: onLease((lease, holder) => invoke(releaseAssignment, lease, as(holder))) },
  { name: 'resume', weight: 3, act: resume },
  { name: 'withdraw conversation', weight: 1, act: withdraw },
  { name: 'withdraw prompt', weight: 1, act: withdrawAPrompt },
  { name: 'steer the queue', weight: 3, act: steer },
  { name: 'take work back', weight: 2, act: revoke },
  { name: 'publish guideline', weight: 1, act: ({ projectId }, by, pick) => publish(projectId, by('manager'), pick) },
  {
    name: 'change approvals',
    weight: 1,
    act: ({ projectId }, by, pick) => invoke(updateProject, { projectId, requiredApprovals: pick % 3 ? 1 : 2 }, as(by('manager'))),
  },
  {
    name: 'freeze',
    weight: 2,
    act: ({ projectId }, by, pick) =>
      invoke(freezeSnapshot, { projectId, name: `s${pick}`, seed: String(pick % 3), shares: SHARES }, as(by('engineer'))),
  },
  { name: 'start build', weight: 2, act: build },
  { name: 'cancel build', weight: 1, act: cancel },
]

/** What goes on by itself: time, and the worker. */
export const HAPPENINGS: readonly { name: string; weight: number; happen: (world: World, pick: number) => Promise<unknown> }[] = [
  {
    name: 'time passes',
    weight: 2,
    happen: async ({ projectId }, pick) => {
      const lease = among(await db.assignment.findMany({ where: { projectId, state: 'leased' }, orderBy: { fencingToken: 'asc' } }), pick)
      if (lease) await db.$executeRaw`UPDATE "assignment" SET "expiresAt" = now() - interval '1 second' WHERE id = ${lease.id}::uuid`
    },
  },
  { name: 'leases are swept', weight: 1, happen: () => expireLeases() },
  {
    name: 'snapshots freeze',
    weight: 2,
    happen: async ({ projectId, worker }) => {
      const row = await db.snapshot.findFirst({ where: { projectId, state: 'freezing' } })
      if (row) await worker(() => runFreeze({ snapshotId: row.id }))
    },
  },
  {
    name: 'builds are made',
    weight: 1,
    happen: async ({ projectId, worker }) => {
      const row = await db.build.findFirst({ where: { projectId, state: 'queued' } })
      if (row) await worker(() => runBuild({ buildId: row.id }))
    },
  },
]
