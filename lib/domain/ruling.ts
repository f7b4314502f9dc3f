import { z } from 'zod'
import { PlainText } from './plain-text.ts'

/** Did the text that was ruled on keep to a rule, or break it? Two rulings of opposite findings on one rule contradict each other. */
export const RuleFinding = z.enum(['kept', 'broken'])
export type RuleFinding = z.infer<typeof RuleFinding>

/** How many rules one ruling reads. */
export const MOST_RULES = 20

/** What an adjudication says for the cases to come. */
export const RulingInput = z
  .strictObject({
    question: PlainText.trim().min(1).max(1000).describe('What was in doubt, in a sentence or two'),
    decision: PlainText.trim().min(1).max(2000),
    reasons: PlainText.trim().max(10_000).default(''),
    rules: z
      .array(z.strictObject({ rule: z.string().max(200).describe('Its slug in the newest guideline'), finding: RuleFinding }))
      .max(MOST_RULES)
      .default([])
      .describe('The rules it reads, and whether the text kept to each'),
    gap: z.boolean().default(false).describe('No rule fits: a gap of the guideline, in place of rules'),
  })
  .refine(({ rules }) => new Set(rules.map(({ rule }) => rule)).size === rules.length, { path: ['rules'], message: 'A ruling reads a rule once.' })
  .refine(({ rules, gap }) => !(gap && rules.length > 0), { path: ['gap'], message: 'A ruling cites rules or names a gap, not both.' })
export type RulingInput = z.output<typeof RulingInput>

/** A ruling as everybody in the project reads it. */
export const Ruling = z.object({
  id: z.uuid(),
  question: z.string(),
  decision: z.string(),
  reasons: z.string(),
  isGap: z.boolean(),
  rules: z.array(z.object({ slug: z.string(), version: z.string(), finding: RuleFinding })),
  createdAt: z.date(),
  decidedBy: z.string().nullable().describe('Names are for managers'),
  conversationId: z.uuid().nullable().describe('The conversation it was made on, for those who may read it'),
  overruled: z.object({ byId: z.uuid(), at: z.date(), overruler: z.string().nullable() }).nullable(),
})
export type Ruling = z.infer<typeof Ruling>
