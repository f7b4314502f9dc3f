import { z } from 'zod'
import { creatorOf } from '#lib/domain/actor.ts'
import { Int4 } from '#lib/domain/bounds.ts'
import { refuse } from '#lib/domain/errors.ts'
import { Bump, GuidelineContent, guidelineFaults, nextVersion, Rule, ruleChanges, versionText } from '#lib/domain/guideline.ts'
import { PlainText } from '#lib/domain/plain-text.ts'
import { ruleScore } from '#lib/domain/rules.ts'
import { isSame } from '#lib/domain/same.ts'
import { citing } from './citation.ts'
import { NEWEST_VERSION } from './current-guideline.ts'
import { findReading, Reading } from './guideline-reading.ts'
import { operation, type Tx } from './operation.ts'
import { rulingCounts } from './ruling.ts'
import { projectSubject } from './subject.ts'
import { transition } from './transition.ts'

const VersionSummary = z.object({ id: z.uuid(), version: z.string(), note: z.string(), publishedAt: z.date(), ruleCount: z.int() })
const RuledRule = z.object({ ...Rule.shape, rulings: z.int().describe('Standing rulings that read it, over all versions') })
const CitedRule = RuledRule.extend({ citations: z.int().describe('Standing comments that cite it, over all versions') })
const Published = VersionSummary.extend({
  title: GuidelineContent.shape.title,
  body: GuidelineContent.shape.body,
  rules: z.array(CitedRule),
  reading: Reading.nullable().describe('What you have confirmed of the newest major version'),
})

async function findVersion(tx: Tx, projectId: string, version?: string) {
  return tx.guidelineVersion.findFirst({
    where: { projectId, ...(version === undefined ? {} : { version }) },
    orderBy: NEWEST_VERSION,
    include: { rules: { orderBy: { position: 'asc' } } },
  })
}
type VersionRow = NonNullable<Awaited<ReturnType<typeof findVersion>>>

/** The text of a published version as it was drafted. */
function contentOf(row: VersionRow): GuidelineContent {
  return GuidelineContent.parse({
    title: row.title,
    body: row.body,
    rules: row.rules.map(({ slug, principle, level, title, statement, rationale, appliesTo, good, bad }) => ({
      slug,
      principle,
      level,
      title,
      statement,
      rationale,
      appliesTo,
      good,
      bad,
    })),
  })
}

async function citationCounts(tx: Tx, projectId: string): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ slug: string; n: number }[]>`
    SELECT k."ruleSlug" AS slug, count(*)::int AS n FROM "comment" k JOIN "review" v ON v.id = k."reviewId"
    WHERE v."projectId" = ${projectId}::uuid AND v."withdrawnAt" IS NULL AND k."ruleSlug" IS NOT NULL GROUP BY 1`
  return new Map(rows.map((row) => [row.slug, row.n]))
}

async function publishedShape(tx: Tx, row: VersionRow, reading: Reading | null): Promise<z.input<typeof Published>> {
  const citations = await citationCounts(tx, row.projectId)
  const rulings = await rulingCounts(tx, row.projectId)
  const content = contentOf(row)
  return {
    id: row.id,
    version: row.version,
    note: row.note,
    publishedAt: row.publishedAt,
    ruleCount: content.rules.length,
    title: content.title,
    body: content.body,
    rules: content.rules.map((rule) => ({ ...rule, citations: citations.get(rule.slug) ?? 0, rulings: rulings.get(rule.slug) ?? 0 })),
    reading,
  }
}

const ProjectInput = z.strictObject({ projectId: z.uuid() })

export const getGuideline = operation('guideline:read', {
  name: 'getGuideline',
  route: { method: 'GET', path: '/projects/{projectId}/guideline', summary: 'The newest guideline, or a version of it', tags: ['guideline'] },
  input: ProjectInput.extend({ version: z.string().max(40).optional() }),
  output: Published,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, actor, subject }) => {
    const row = await findVersion(tx, subject.id, input.version)
    if (!row)
      return refuse('not-found', input.version ? `There is no version ${input.version} of this guideline.` : 'No guideline has been published yet.')
    return publishedShape(tx, row, actor?.kind === 'person' ? await findReading(tx, subject.id, actor.userId) : null)
  },
})

export const listGuidelineVersions = operation('guideline:read', {
  name: 'listGuidelineVersions',
  route: { method: 'GET', path: '/projects/{projectId}/guideline/versions', summary: 'Published versions, newest first', tags: ['guideline'] },
  input: ProjectInput,
  output: z.object({ items: z.array(VersionSummary) }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, subject }) => {
    const rows = await tx.guidelineVersion.findMany({
      where: { projectId: subject.id },
      orderBy: NEWEST_VERSION,
      include: { _count: { select: { rules: true } } },
    })
    return { items: rows.map(({ _count, ...row }) => ({ ...row, ruleCount: _count.rules })) }
  },
})

export const searchRules = operation('guideline:read', {
  name: 'searchRules',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/guideline/rules',
    summary: 'Rules of the newest guideline that hold every word of a search, best first',
    tags: ['guideline'],
  },
  input: ProjectInput.extend({ search: z.string().max(200).default('') }),
  output: z.object({ version: z.string().nullable(), items: z.array(RuledRule) }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    const row = await findVersion(tx, subject.id)
    if (!row) return { version: null, items: [] }
    const rulings = await rulingCounts(tx, subject.id)
    const scored = contentOf(row).rules.map((rule) => ({ rule, score: ruleScore(rule, input.search) }))
    return {
      version: row.version,
      items: scored
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score)
        .map(({ rule }) => ({ ...rule, rulings: rulings.get(rule.slug) ?? 0 })),
    }
  },
})

const Draft = z.object({ content: GuidelineContent, version: z.int(), updatedAt: z.date().nullable() })

/** The draft, or what it starts from: the newest published text, else nothing. */
async function readDraft(tx: Tx, projectId: string): Promise<z.input<typeof Draft>> {
  const draft = await tx.guidelineDraft.findUnique({ where: { projectId } })
  if (draft) return { content: GuidelineContent.parse(draft.content), version: draft.version, updatedAt: draft.updatedAt }
  const row = await findVersion(tx, projectId)
  return { content: row ? contentOf(row) : { title: {}, body: {}, rules: [] }, version: 0, updatedAt: null }
}

export const getGuidelineDraft = operation('guideline:edit', {
  name: 'getGuidelineDraft',
  route: { method: 'GET', path: '/projects/{projectId}/guideline/draft', summary: 'The unpublished guideline text', tags: ['guideline'] },
  input: ProjectInput,
  output: Draft,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: ({ tx, subject }) => readDraft(tx, subject.id),
})

export const saveGuidelineDraft = operation('guideline:edit', {
  name: 'saveGuidelineDraft',
  route: {
    method: 'PUT',
    path: '/projects/{projectId}/guideline/draft',
    summary: 'Save the unpublished guideline text over the version it was read at',
    tags: ['guideline'],
  },
  input: ProjectInput.extend({ baseVersion: Int4.min(0), content: GuidelineContent }),
  output: z.object({ version: z.int(), savedAt: z.date() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  // Saved while typing; the version it ends in is audited.
  event: null,
  run: async ({ tx, input, actor, subject }) => {
    const updatedById = creatorOf(actor)
    const content = JSON.stringify(input.content)
    const rows = await tx.$queryRaw<{ version: number; savedAt: Date }[]>`
      INSERT INTO "guideline_draft" AS d ("projectId", content, version, "updatedById") SELECT ${subject.id}::uuid, ${content}::jsonb, 1, ${updatedById}::uuid WHERE ${input.baseVersion}::int = 0
        OR EXISTS (SELECT 1 FROM "guideline_draft" WHERE "projectId" = ${subject.id}::uuid)
      ON CONFLICT ("projectId") DO UPDATE SET content = excluded.content, version = d.version + 1, "updatedById" = excluded."updatedById", "updatedAt" = now()
        WHERE d.version = ${input.baseVersion}::int
      RETURNING version, "updatedAt" AS "savedAt"`
    const saved = rows[0]
    if (saved) return saved
    const current = await readDraft(tx, subject.id)
    return refuse('stale-version', 'The guideline was edited elsewhere. Both texts are kept: choose or merge them.', current)
  },
})

const Impact = z.object({
  changes: z.array(z.object({ slug: z.string(), kind: z.enum(['added', 'changed', 'removed']) })),
  isUnchanged: z.boolean().describe('The draft says the same as the newest version; it cannot be published'),
  conversations: z.int().describe('Approved conversations whose reviews cite a changed or removed rule'),
  versions: z.record(Bump, z.string()).describe('The version that publishing makes, by what is chosen'),
})

/** Approved conversations with a standing citation of one of these rules. */
const touchedConversations = (tx: Tx, projectId: string, slugs: string[]) =>
  tx.conversation.findMany({
    where: { projectId, state: 'approved', ...citing(slugs) },
    select: { id: true, state: true, version: true },
  })

async function impactOf(tx: Tx, projectId: string, content: GuidelineContent) {
  const row = await findVersion(tx, projectId)
  const changes = ruleChanges(row ? contentOf(row).rules : [], content.rules)
  const slugs = changes.filter(({ kind }) => kind !== 'added').map(({ slug }) => slug)
  const touched = slugs.length > 0 ? await touchedConversations(tx, projectId, slugs) : []
  return { changes, touched, current: row, isUnchanged: row !== null && isSame(contentOf(row), content) }
}

export const previewGuidelineImpact = operation('guideline:publish', {
  name: 'previewGuidelineImpact',
  route: { method: 'GET', path: '/projects/{projectId}/guideline/impact', summary: 'What publishing the draft would touch', tags: ['guideline'] },
  input: ProjectInput,
  output: Impact,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, subject }) => {
    const { content } = await readDraft(tx, subject.id)
    const { changes, touched, current, isUnchanged } = await impactOf(tx, subject.id, GuidelineContent.parse(content))
    const after = (bump: Bump) => versionText(nextVersion(current, bump))
    const versions = { major: after('major'), minor: after('minor'), patch: after('patch') }
    return { changes, isUnchanged, conversations: touched.length, versions }
  },
})

export const publishGuideline = operation('guideline:publish', {
  name: 'publishGuideline',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/guideline/versions',
    summary: 'Publish the draft as the next version',
    successStatus: 201,
    description:
      'A major version says that earlier labels may be wrong: approved conversations whose reviews cite a changed or removed rule become stale.',
    tags: ['guideline'],
  },
  input: ProjectInput.extend({
    bump: Bump,
    note: PlainText.max(5000)
      .refine((text) => text.trim() !== '', 'Say what changed and why.')
      .describe('What changed and why, for the people who work by it'),
    draftVersion: Int4.min(0).describe('The draft version that was read'),
  }),
  output: Published.extend({ staleConversations: z.int() }),
  subject: async ({ tx, input, actor }) => {
    await tx.$queryRaw`SELECT 1 FROM "project" WHERE id = ${input.projectId}::uuid FOR UPDATE`
    return projectSubject(tx, input.projectId, actor)
  },
  event: 'guideline.published',
  run: async ({ tx, input, actor, subject, note }) => {
    const draft = await readDraft(tx, subject.id)
    if (draft.version !== input.draftVersion)
      refuse('stale-version', 'The draft has changed since you read it. Look at it again, then publish.', { version: draft.version })
    const content = GuidelineContent.parse(draft.content)
    const faults = guidelineFaults(content)
    if (faults.length > 0)
      refuse('invalid-input', faults.map((fault) => fault.message).join(' '), {
        issues: faults.map(({ field, message }) => ({ path: field, message })),
      })
    const { touched, changes, current, isUnchanged } = await impactOf(tx, subject.id, content)
    if (isUnchanged) refuse('guideline-unchanged', `The draft says the same as version ${current?.version}. Change it first, then publish.`)
    const next = nextVersion(current, input.bump)
    const { id } = await tx.guidelineVersion.create({
      data: {
        projectId: subject.id,
        ...next,
        version: versionText(next),
        title: content.title,
        body: content.body,
        note: input.note,
        publishedById: creatorOf(actor),
        rules: { create: content.rules.map((rule, position) => ({ ...rule, position })) },
      },
    })
    await tx.guidelineDraft.deleteMany({ where: { projectId: subject.id } })
    const stale = input.bump === 'major' && current ? touched : []
    for (const conversation of stale) await transition(tx, 'conversation', conversation, 'stale', { updatedAt: new Date() })
    note({ guidelineVersionId: id, version: versionText(next), changes, staleConversations: stale.length })
    const row = (await findVersion(tx, subject.id, versionText(next))) ?? refuse('not-found')
    return { ...(await publishedShape(tx, row, null)), staleConversations: stale.length }
  },
})

export const guidelineOperations = {
  getGuideline,
  listGuidelineVersions,
  searchRules,
  getGuidelineDraft,
  saveGuidelineDraft,
  previewGuidelineImpact,
  publishGuideline,
}
