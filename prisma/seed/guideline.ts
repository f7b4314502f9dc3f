import { db } from '#lib/db.ts'
import type { GuidelineContent, Rule } from '#lib/domain/guideline.ts'
import { getGuidelineDraft, publishGuideline, saveGuidelineDraft } from '#lib/services/guideline.ts'
import { invoke } from '#lib/services/operation.ts'
import { shippedGuideline } from './content.ts'
import { as, type Cast } from './people.ts'

/** What a rule said before somebody thought better of it, so that the demo shows what a major version does to approved work. */
const FIRST_WORDING: Pick<Rule, 'slug' | 'statement'> = {
  slug: 'style/length',
  statement: {
    en: 'A simple question gets a line or two; a hard one gets what it takes. Give the answer first, then the support, and close with a short summary.',
    zh: '简单问题一两句话，难题该写多少写多少。先给答案，再给依据，最后用一句话总结。',
  },
}

async function publish(projectId: string, cast: Cast, content: GuidelineContent, note: string): Promise<void> {
  const draft = await invoke(getGuidelineDraft, { projectId }, as(cast.manager))
  const saved = await invoke(saveGuidelineDraft, { projectId, baseVersion: draft.version, content }, as(cast.manager))
  await invoke(publishGuideline, { projectId, bump: 'major', note, draftVersion: saved.version }, as(cast.manager))
}

/** Publishes 1.0.0, with the one rule that is to change as it was. */
export async function publishFirst(projectId: string, cast: Cast): Promise<void> {
  if ((await db.guidelineVersion.count({ where: { projectId } })) > 0) return
  const { rules, ...shipped } = shippedGuideline()
  const before = rules.map((rule) => (rule.slug === FIRST_WORDING.slug ? { ...rule, ...FIRST_WORDING } : rule))
  await publish(projectId, cast, { ...shipped, rules: before }, 'First version.')
}

/** Publishes 2.0.0, the guideline as shipped: what was approved under a comment that cites the changed rule becomes stale. */
export async function publishSecond(projectId: string, cast: Cast): Promise<void> {
  if ((await db.guidelineVersion.count({ where: { projectId } })) > 1) return
  await publish(projectId, cast, shippedGuideline(), 'style/length: an answer stops when it is done; the closing summary is no longer asked for.')
}
