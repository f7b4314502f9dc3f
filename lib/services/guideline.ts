import { z } from 'zod'
import { creatorOf } from '#lib/domain/actor.ts'
import { Int4 } from '#lib/domain/bounds.ts'
import { refuse } from '#lib/domain/errors.ts'
import { Bump, GuidelineContent, guidelineFaults, nextVersion, ruleChanges, versionText } from '#lib/domain/guideline.ts'
import { PlainText } from '#lib/domain/plain-text.ts'
import { isSame } from '#lib/domain/same.ts'
import { citing, standingCitations } from './citation.ts'
import { NEWEST_VERSION } from './current-guideline.ts'
import { contentOf, findVersion, readDraft, refuseVersion, type VersionRow, writeDraft } from './guideline-content.ts'
import { lapsedExamples } from './guideline-examples.ts'
import { findReading, Reading } from './guideline-reading.ts'
import { RetiredRule, retiredRules } from './guideline-retired.ts'
import { operation, type Tx } from './operation.ts'
import { RuledRule, ruledRules } from './ruled-rule.ts'
import { projectSubject } from './subject.ts'
import { transition } from './transition.ts'

const VersionSummary = z.object({ id: z.uuid(), version: z.string(), note: z.string(), publishedAt: z.date(), ruleCount: z.int() })
const CitedRule = RuledRule.extend({ citations: z.int().describe('Standing comments that cite it, over all versions') })
const Published = VersionSummary.extend({
  title: GuidelineContent.shape.title,
  body: GuidelineContent.shape.body,
  procedure: GuidelineContent.shape.procedure,
  rules: z.array(CitedRule),
  reading: Reading.nullable().describe('What you have confirmed of the newest major version'),
})

async function citationCounts(tx: Tx, projectId: string): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ slug: string; n: number }[]>`
    SELECT k."ruleSlug" AS slug, count(*)::int AS n FROM "comment" k JOIN "review" v ON v.id = k."reviewId"
    WHERE v."projectId" = ${projectId}::uuid AND v."withdrawnAt" IS NULL AND k."ruleSlug" IS NOT NULL GROUP BY 1`
  return new Map(rows.map((row) => [row.slug, row.n]))
}

async function publishedShape(tx: Tx, row: VersionRow, reading: Reading | null): Promise<z.input<typeof Published>> {
  const citations = await citationCounts(tx, row.projectId)
  const content = contentOf(row)
  const rules = await ruledRules(tx, row.projectId, content.rules)
  return {
    id: row.id,
    version: row.version,
    note: row.note,
    publishedAt: row.publishedAt,
    ruleCount: content.rules.length,
    title: content.title,
    body: content.body,
    procedure: content.procedure,
    rules: rules.map((rule) => ({ ...rule, citations: citations.get(rule.slug) ?? 0 })),
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
    const row = (await findVersion(tx, subject.id, input.version)) ?? refuseVersion(input.version)
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

export const listRetiredRules = operation('guideline:read', {
  name: 'listRetiredRules',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/guideline/retired-rules',
    summary: 'Rules that earlier versions had and the newest has not',
    tags: ['guideline'],
  },
  input: ProjectInput,
  output: z.object({ items: z.array(RetiredRule) }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, subject }) => ({ items: (await retiredRules(tx, subject.id)).filter((rule) => !rule.isBack) }),
})

const Draft = z.object({
  content: GuidelineContent,
  version: z.int(),
  updatedAt: z.date().nullable(),
  lapsed: z.array(z.uuid()).describe('Conversations shown as examples that are approved no more: choose others or take them out'),
})

export const getGuidelineDraft = operation('guideline:edit', {
  name: 'getGuidelineDraft',
  route: { method: 'GET', path: '/projects/{projectId}/guideline/draft', summary: 'The unpublished guideline text', tags: ['guideline'] },
  input: ProjectInput,
  output: Draft,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, subject }) => {
    const draft = await readDraft(tx, subject.id)
    return { ...draft, lapsed: [...(await lapsedExamples(tx, subject.id, draft.content.rules))] }
  },
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
  run: ({ tx, input, actor, subject }) => writeDraft(tx, subject.id, { ...input, updatedById: creatorOf(actor) }),
})

const Impact = z.object({
  changes: z.array(
    z.object({
      slug: z.string(),
      kind: z.enum(['added', 'changed', 'removed']),
      retiredIn: z.string().nullable().describe('The version that once retired a rule of this name: citations made before mean that rule'),
      conversations: z.int().describe('Approved conversations whose reviews cite it; a conversation that cites several counts for each'),
    }),
  ),
  isUnchanged: z.boolean().describe('The draft says the same as the newest version; it cannot be published'),
  conversations: z.int().describe('Approved conversations whose reviews cite a changed or removed rule'),
  versions: z.record(Bump, z.string()).describe('The version that publishing makes, by what is chosen'),
})

/** Approved conversations with a standing citation of one of these rules. */
const touchedConversations = (tx: Tx, projectId: string, slugs: string[]) =>
  tx.$queryRaw<{ id: string; state: 'approved'; version: number }[]>`
    SELECT id, state, version FROM "conversation"
    WHERE "projectId" = ${projectId}::uuid AND state = 'approved' AND id IN ${citing(projectId, slugs)}`

/** How many of them cite each rule. */
async function citingCounts(tx: Tx, projectId: string): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ slug: string; n: number }[]>`
    SELECT s.slug, count(*)::int AS n FROM ${standingCitations(projectId)} s JOIN "conversation" c ON c.id = s."conversationId"
    WHERE c.state = 'approved' GROUP BY 1`
  return new Map(rows.map((row) => [row.slug, row.n]))
}

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
    const { changes, touched, current, isUnchanged } = await impactOf(tx, subject.id, content)
    const retired = new Map((await retiredRules(tx, subject.id)).map((rule) => [rule.slug, rule.retiredIn]))
    const counts = await citingCounts(tx, subject.id)
    const after = (bump: Bump) => versionText(nextVersion(current, bump))
    const versions = { major: after('major'), minor: after('minor'), patch: after('patch') }
    const told = changes.map(({ slug, kind }) => ({
      slug,
      kind,
      retiredIn: (kind === 'added' && retired.get(slug)) || null,
      conversations: kind === 'added' ? 0 : (counts.get(slug) ?? 0),
    }))
    return { changes: told, isUnchanged, conversations: touched.length, versions }
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
    const { content } = draft
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
        procedure: content.procedure,
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
  listRetiredRules,
  getGuidelineDraft,
  saveGuidelineDraft,
  previewGuidelineImpact,
  publishGuideline,
}
