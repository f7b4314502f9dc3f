// What the write page does with rules: without zod, which would be a tenth of what that page loads.
import type { LocalizedText, Rule } from './guideline.ts'
import type { Locale } from './locale.ts'

/** The text in the reader's language, else in the other. */
export const localized = (text: LocalizedText, locale: Locale): string => text[locale] ?? text.en ?? text.zh ?? ''

/** How well a rule answers a search: every word must occur; 0 says no. Words of Chinese are searched as they stand. */
export function ruleScore(rule: Rule, search: string): number {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return 1
  const join = (...texts: LocalizedText[]) =>
    texts
      .flatMap((text) => [text.en ?? '', text.zh ?? ''])
      .join('\n')
      .toLowerCase()
  const fields: [string, number][] = [
    [rule.slug, 8],
    [join(rule.title), 6],
    [join(rule.statement), 3],
    [join(rule.rationale, rule.good.prompt, rule.good.answer, rule.bad.prompt, rule.bad.answer), 1],
  ]
  let score = 0
  for (const word of words) {
    const best = Math.max(...fields.map(([text, weight]) => (text.includes(word) ? weight : 0)))
    if (best === 0) return 0
    score += best
  }
  return score
}
