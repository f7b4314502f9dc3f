import { type GuidelineContent, type LocalizedText, type RuleChange, type RuleExample, ruleChanges } from './guideline.ts'
import { trimBlock } from './guideline-markdown-blocks.ts'
import { LOCALES, type Locale } from './locale.ts'
import { isSame } from './same.ts'

type Example = RuleExample & { verdict?: string; conversationId?: string | null }

/** The text of one language from `read`, those of the others from `had`. */
function withLanguage(had: LocalizedText, read: LocalizedText, locale: Locale): LocalizedText {
  const entries = LOCALES.flatMap((each): [Locale, string][] => {
    // A file has no empty texts and no white space around them; what says the same stays as the draft has it.
    const isSaid = each !== locale || trimBlock(had[each] ?? '') === (read[each] ?? '')
    const text = isSaid ? had[each] : read[each]
    return text === undefined ? [] : [[each, text]]
  })
  return Object.fromEntries(entries)
}

const mergeExample = <E extends Example>(had: Example | undefined, read: E, locale: Locale): E => ({
  ...read,
  prompt: withLanguage(had?.prompt ?? {}, read.prompt, locale),
  answer: withLanguage(had?.answer ?? {}, read.answer, locale),
  why: withLanguage(had?.why ?? {}, read.why, locale),
})

/**
 * A draft with the texts of one language as a file has them. The file says which rules, steps and examples there are, in which
 * order and what they apply to; what they say in the other language stays. A file without a title leaves the title.
 */
export function mergeLanguage(had: GuidelineContent, read: GuidelineContent, locale: Locale): GuidelineContent {
  const rules = new Map(had.rules.map((rule) => [rule.slug, rule]))
  const steps = new Map(had.procedure.map((step) => [step.id, step]))
  return {
    title: read.title[locale] === undefined ? had.title : withLanguage(had.title, read.title, locale),
    body: withLanguage(had.body, read.body, locale),
    procedure: read.procedure.map((step) => ({ ...step, text: withLanguage(steps.get(step.id)?.text ?? {}, step.text, locale) })),
    rules: read.rules.map((rule) => {
      const old = rules.get(rule.slug)
      const text = (field: 'title' | 'statement' | 'rationale') => withLanguage(old?.[field] ?? {}, rule[field], locale)
      // A further example has no name: it is the same if it stands in the same place and is of the same kind.
      const oldExample = (index: number) => {
        const [then, now] = [old?.examples[index], rule.examples[index]]
        return then?.verdict === now?.verdict && then?.conversationId === now?.conversationId ? then : undefined
      }
      return {
        ...rule,
        title: text('title'),
        statement: text('statement'),
        rationale: text('rationale'),
        good: mergeExample(old?.good, rule.good, locale),
        bad: mergeExample(old?.bad, rule.bad, locale),
        examples: rule.examples.map((example, index) => mergeExample(oldExample(index), example, locale)),
      }
    }),
  }
}

export type ContentChanges = { rules: RuleChange[]; title: boolean; body: boolean; procedure: boolean; order: boolean }

/** What of a guideline differs, by part and rule. */
export function contentChanges(before: GuidelineContent, after: GuidelineContent): ContentChanges {
  const common = (content: GuidelineContent, other: GuidelineContent) => {
    const there = new Set(other.rules.map(({ slug }) => slug))
    return content.rules.map(({ slug }) => slug).filter((slug) => there.has(slug))
  }
  return {
    rules: ruleChanges(before.rules, after.rules),
    title: !isSame(before.title, after.title),
    body: !isSame(before.body, after.body),
    procedure: !isSame(before.procedure, after.procedure),
    order: !isSame(common(before, after), common(after, before)),
  }
}
