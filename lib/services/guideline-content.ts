import { refuse } from '#lib/domain/errors.ts'
import { GuidelineContent, Rule } from '#lib/domain/guideline.ts'
import { NEWEST_VERSION } from './current-guideline.ts'
import { lapsedExamples, refuseExamples, shownIn } from './guideline-examples.ts'
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

/** A rule of a published version as it was drafted. */
export const ruleOf = ({ slug, principle, level, title, statement, rationale, appliesTo, good, bad, examples }: VersionRow['rules'][number]): Rule =>
  Rule.parse({ slug, principle, level, title, statement, rationale, appliesTo, good, bad, examples })

/** The text of a published version as it was drafted. */
export function contentOf(row: VersionRow): GuidelineContent {
  return GuidelineContent.parse({
    title: row.title,
    body: row.body,
    procedure: row.procedure,
    rules: row.rules.map(ruleOf),
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

/** Refuses examples that are no approved conversation and were not shown before: what lapsed since must not hold up the rest. */
async function requireExamples(tx: Tx, projectId: string, content: GuidelineContent): Promise<void> {
  const unfit = await lapsedExamples(tx, projectId, content.rules)
  if (unfit.size === 0) return
  const newest = await findVersion(tx, projectId)
  const before = [...(await readDraft(tx, projectId)).content.rules, ...(newest ? contentOf(newest).rules : [])]
  for (const id of shownIn(before)) unfit.delete(id)
  refuseExamples(content, unfit)
}

/** A draft that can be read again. @throws Refusal `invalid-input` naming the fields. */
function requireReadable(content: GuidelineContent): GuidelineContent {
  const { data, error } = GuidelineContent.safeParse(content)
  if (data) return data
  const issues = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  return refuse('invalid-input', issues.map(({ path, message }) => `${path}: ${message}`).join('; '), { issues })
}

/** Writes the draft over the version it was read at. @throws Refusal `invalid-input`, or `stale-version` with the text there. */
export async function writeDraft(tx: Tx, projectId: string, draft: { baseVersion: number; content: GuidelineContent; updatedById: string | null }) {
  const readable = requireReadable(draft.content)
  await requireExamples(tx, projectId, readable)
  const content = JSON.stringify(readable)
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
