import { refuse } from '#lib/domain/errors.ts'
import { GuidelineContent } from '#lib/domain/guideline.ts'
import { NEWEST_VERSION } from './current-guideline.ts'
import type { Tx } from './operation.ts'

/** A version by its name, or the newest, with its rules in order; null when there is none. */
export async function findVersion(tx: Tx, projectId: string, version?: string) {
  return tx.guidelineVersion.findFirst({
    where: { projectId, ...(version === undefined ? {} : { version }) },
    orderBy: NEWEST_VERSION,
    include: { rules: { orderBy: { position: 'asc' } } },
  })
}
export type VersionRow = NonNullable<Awaited<ReturnType<typeof findVersion>>>

/** Says that there is no such version. @throws Refusal `not-found`. */
export const refuseVersion = (version?: string): never =>
  refuse('not-found', version ? `There is no version ${version} of this guideline.` : 'No guideline has been published yet.')

/** The text of a published version as it was drafted. */
export function contentOf(row: VersionRow): GuidelineContent {
  return GuidelineContent.parse({
    title: row.title,
    body: row.body,
    procedure: row.procedure,
    rules: row.rules.map(({ slug, principle, level, title, statement, rationale, appliesTo, good, bad, examples }) => ({
      slug,
      principle,
      level,
      title,
      statement,
      rationale,
      appliesTo,
      good,
      bad,
      examples,
    })),
  })
}

export type DraftRow = { content: GuidelineContent; version: number; updatedAt: Date | null }

/** The draft, or what it starts from: the newest published text, else nothing. */
export async function readDraft(tx: Tx, projectId: string): Promise<DraftRow> {
  const draft = await tx.guidelineDraft.findUnique({ where: { projectId } })
  if (draft) return { content: GuidelineContent.parse(draft.content), version: draft.version, updatedAt: draft.updatedAt }
  const row = await findVersion(tx, projectId)
  return { content: row ? contentOf(row) : { title: {}, body: {}, procedure: [], rules: [] }, version: 0, updatedAt: null }
}

/** Writes the draft over the version it was read at. @throws Refusal `stale-version` with the text there. */
export async function writeDraft(tx: Tx, projectId: string, draft: { baseVersion: number; content: GuidelineContent; updatedById: string | null }) {
  await requireExamples(tx, projectId, draft.content)
  const content = JSON.stringify(draft.content)
  const rows = await tx.$queryRaw<{ version: number; savedAt: Date }[]>`
    INSERT INTO "guideline_draft" AS d ("projectId", content, version, "updatedById")
      SELECT ${projectId}::uuid, ${content}::jsonb, 1, ${draft.updatedById}::uuid WHERE ${draft.baseVersion}::int = 0
        OR EXISTS (SELECT 1 FROM "guideline_draft" WHERE "projectId" = ${projectId}::uuid)
    ON CONFLICT ("projectId") DO UPDATE SET content = excluded.content, version = d.version + 1, "updatedById" = excluded."updatedById", "updatedAt" = now()
      WHERE d.version = ${draft.baseVersion}::int
    RETURNING version, "updatedAt" AS "savedAt"`
  const saved = rows[0]
  if (saved) return saved
  return refuse('stale-version', 'The guideline was edited elsewhere. Both texts are kept: choose or merge them.', await readDraft(tx, projectId))
}

/** Refuses examples that are no approved conversation of this project. @throws Refusal `invalid-input` naming each. */
export async function requireExamples(tx: Tx, projectId: string, content: GuidelineContent): Promise<void> {
  const named = content.rules.flatMap((rule, at) =>
    rule.examples.flatMap(({ conversationId }, index) =>
      conversationId ? [{ id: conversationId, path: `rules.${at}.examples.${index}.conversationId`, slug: rule.slug }] : [],
    ),
  )
  if (named.length === 0) return
  const approved = await tx.conversation.findMany({
    where: { projectId, state: { in: ['approved', 'stale', 'superseded'] }, id: { in: named.map(({ id }) => id) } },
    select: { id: true },
  })
  const known = new Set(approved.map(({ id }) => id))
  const issues = named
    .filter(({ id }) => !known.has(id))
    .map(({ path, slug, id }) => ({
      path,
      message: `The rule ${slug} shows ${id} as an example, which is no approved conversation of this project; choose another or take it out.`,
    }))
  if (issues.length > 0) refuse('invalid-input', issues.map(({ message }) => message).join(' '), { issues })
}
