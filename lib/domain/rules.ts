// What the write page does with rules: without zod, which would be a tenth of what that page loads.
import type { LocalizedText, Rule } from './guideline.ts'
import type { Locale } from './locale.ts'

/** The text in the reader's language, else in the other. */
export const localized = (text: LocalizedText, locale: Locale): string => text[locale] ?? text.en ?? text.zh ?? ''

/** What a rule is asked about: the kind of task at hand. */
export type Applying = { category: string }

/** Does the rule hold for this kind of task? One that names none holds for all. */
export const appliesIn = ({ appliesTo: { categories } }: Rule, { category }: Applying): boolean =>
  categories.length === 0 || categories.includes(category)

/** Was the rule made for this kind of task in particular? */
export const isMadeFor = ({ appliesTo: { categories } }: Rule, { category }: Applying): boolean => categories.includes(category)
