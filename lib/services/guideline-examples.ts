import { refuse } from '#lib/domain/errors.ts'
import type { GuidelineContent, Rule } from '#lib/domain/guideline.ts'
import type { Tx } from './operation.ts'

/** The conversations that rules show as examples. */
export const shownIn = (rules: readonly Rule[]): string[] => rules.flatMap(({ examples }) => examples.flatMap((each) => each.conversationId ?? []))

/** Of the conversations that rules show, those that are no approved ones of the project, or are so no more. */
export async function lapsedExamples(tx: Tx, projectId: string, rules: readonly Rule[]): Promise<Set<string>> {
  const shown = new Set(shownIn(rules))
  if (shown.size === 0) return shown
  const approved = await tx.conversation.findMany({
    where: { projectId, state: { in: ['approved', 'stale', 'superseded'] }, id: { in: [...shown] } },
    select: { id: true },
  })
  for (const { id } of approved) shown.delete(id)
  return shown
}

/** Refuses to take these as examples. @throws Refusal `invalid-input` naming each. */
export function refuseExamples({ rules }: GuidelineContent, unfit: ReadonlySet<string>): void {
  const issues = rules.flatMap(({ slug, examples }, at) =>
    examples.flatMap(({ conversationId: id }, index) =>
      id && unfit.has(id)
        ? {
            path: `rules.${at}.examples.${index}.conversationId`,
            message: `The rule ${slug} shows ${id} as an example, which is no approved conversation of this project; choose another or take it out.`,
          }
        : [],
    ),
  )
  if (issues.length > 0) refuse('invalid-input', issues.map(({ message }) => message).join(' '), { issues })
}
