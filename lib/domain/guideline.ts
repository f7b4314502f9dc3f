import { z } from 'zod'
import { PlainText } from './plain-text.ts'
import { PRINCIPLES } from './principles.ts'
import { localized } from './rules.ts'

const Text = PlainText.max(200_000)

export const MOST_RULES = 1000
export const MOST_STEPS = 50
/** Of a rule, besides its first good and its first bad one. */
export const MOST_EXAMPLES = 50

/** A text in one or both languages. */
export const LocalizedText = z.strictObject({ en: Text.optional(), zh: Text.optional() })
export type LocalizedText = z.infer<typeof LocalizedText>

export const RulePrinciple = z.enum(PRINCIPLES)
export type RulePrinciple = z.infer<typeof RulePrinciple>

export const RuleLevel = z.enum(['must', 'should', 'may'])
export type RuleLevel = z.infer<typeof RuleLevel>

/** `principle/name` in kebab-case: what comments cite, stable over versions. */
export const RuleSlug = z
  .string()
  .max(120)
  .regex(new RegExp(`^(${PRINCIPLES.join('|')})/[a-z0-9]+(-[a-z0-9]+)*$`), 'must read principle/name in kebab-case, e.g. truthful/unknown')

export const RuleExample = z.strictObject({ prompt: LocalizedText, answer: LocalizedText, why: LocalizedText })
export type RuleExample = z.infer<typeof RuleExample>

/** An example besides the first good and the first bad one: written out, or an approved conversation of the project. */
export const FurtherExample = z.strictObject({
  ...RuleExample.shape,
  verdict: z.enum(['good', 'bad']),
  conversationId: z.uuid('must be the id of a conversation, or its address; else take the example out').nullable(),
})
export type FurtherExample = z.infer<typeof FurtherExample>

export const Rule = z.strictObject({
  slug: RuleSlug,
  principle: RulePrinciple,
  level: RuleLevel,
  title: LocalizedText,
  statement: LocalizedText,
  rationale: LocalizedText,
  appliesTo: z.strictObject({ roles: z.array(PlainText).default([]), categories: z.array(PlainText).default([]) }),
  good: RuleExample,
  bad: RuleExample,
  examples: z.array(FurtherExample).max(MOST_EXAMPLES).default([]),
})
export type Rule = z.infer<typeof Rule>

/** What a step of the conflict procedure can put in order: a level, a principle or a single rule. */
const Ranked = z
  .string()
  .refine(
    (name) => [RuleLevel, RulePrinciple, RuleSlug].some((schema) => schema.safeParse(name).success),
    'must be a level, a principle or the slug of a rule',
  )

/** One step of what to do when rules conflict; its name is stable over versions, its place is its rank in the list. */
export const ConflictStep = z.strictObject({
  id: z
    .string()
    .max(60)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be in kebab-case, e.g. compare-levels'),
  text: LocalizedText,
  ranks: z.array(Ranked).max(50).describe('What it puts in order, the weightiest first'),
})
export type ConflictStep = z.infer<typeof ConflictStep>

/** The whole text of a guideline, drafted or published. */
export const GuidelineContent = z.strictObject({
  title: LocalizedText,
  body: LocalizedText,
  procedure: z.array(ConflictStep).max(MOST_STEPS).default([]).describe('What to do when rules conflict, step by step'),
  rules: z.array(Rule).max(MOST_RULES),
})
export type GuidelineContent = z.infer<typeof GuidelineContent>

export const EMPTY_EXAMPLE: RuleExample = { prompt: {}, answer: {}, why: {} }

export type GuidelineFault = { field: string; message: string }

/** What keeps a guideline from being published. */
export function guidelineFaults(content: GuidelineContent): GuidelineFault[] {
  const faults: GuidelineFault[] = []
  const isEmpty = (text: LocalizedText) => !localized(text, 'en').trim()
  if (isEmpty(content.title)) faults.push({ field: 'title', message: 'The guideline needs a title.' })
  if (content.rules.length === 0) faults.push({ field: 'rules', message: 'The guideline needs at least one rule, because verdicts cite rules.' })
  const seen = new Set<string>()
  for (const [index, rule] of content.rules.entries()) {
    const field = `rules.${index}`
    if (seen.has(rule.slug)) faults.push({ field: `${field}.slug`, message: `Two rules are called ${rule.slug}; rename one.` })
    seen.add(rule.slug)
    if (!rule.slug.startsWith(`${rule.principle}/`))
      faults.push({ field: `${field}.slug`, message: `${rule.slug} stands under ${rule.principle}; its slug must begin with “${rule.principle}/”.` })
    if (isEmpty(rule.title)) faults.push({ field: `${field}.title`, message: `The rule ${rule.slug} needs a title.` })
    if (isEmpty(rule.statement)) faults.push({ field: `${field}.statement`, message: `The rule ${rule.slug} needs a statement.` })
  }
  return [...faults, ...procedureFaults(content, seen)]
}

/** What is wrong with the conflict procedure, given the slugs of the rules there are. */
function procedureFaults({ procedure }: GuidelineContent, slugs: ReadonlySet<string>): GuidelineFault[] {
  return procedure.flatMap(({ id, text, ranks }, index) => {
    const field = `procedure.${index}`
    const faults: GuidelineFault[] = []
    if (procedure.findIndex((step) => step.id === id) < index)
      faults.push({ field: `${field}.id`, message: `Two steps of the conflict procedure are called ${id}; rename one.` })
    if (!localized(text, 'en').trim()) faults.push({ field: `${field}.text`, message: `Step ${index + 1} of the conflict procedure needs a text.` })
    const unknown = ranks.find((name) => name.includes('/') && !slugs.has(name))
    if (unknown)
      faults.push({
        field: `${field}.ranks`,
        message: `Step ${index + 1} of the conflict procedure ranks ${unknown}, which is no rule; take it out.`,
      })
    return faults
  })
}

export const Bump = z.enum(['major', 'minor', 'patch'])
export type Bump = z.infer<typeof Bump>

export type SemVer = { major: number; minor: number; patch: number }

export const versionText = ({ major, minor, patch }: SemVer): string => `${major}.${minor}.${patch}`

/** The version after `current`; the first one is 1.0.0 whatever the bump. */
export function nextVersion(current: SemVer | null, bump: Bump): SemVer {
  if (!current) return { major: 1, minor: 0, patch: 0 }
  const { major, minor, patch } = current
  if (bump === 'major') return { major: major + 1, minor: 0, patch: 0 }
  if (bump === 'minor') return { major, minor: minor + 1, patch: 0 }
  return { major, minor, patch: patch + 1 }
}

export type RuleChange = { slug: string; kind: 'added' | 'changed' | 'removed' }

const RuleAlone = z.object(Rule.shape)

/** A rule by itself, to compare: what is told beside it (how often it is cited, what was ruled on it) is no part of it. */
const wordsOf = (rule: Rule): string => JSON.stringify(RuleAlone.parse(rule))

/** What became of each rule between two versions. A moved rule has not changed. */
export function ruleChanges(before: readonly Rule[], after: readonly Rule[]): RuleChange[] {
  const old = new Map(before.map((rule) => [rule.slug, wordsOf(rule)]))
  const changes: RuleChange[] = []
  for (const rule of after) {
    const earlier = old.get(rule.slug)
    if (earlier === undefined) changes.push({ slug: rule.slug, kind: 'added' })
    else if (earlier !== wordsOf(rule)) changes.push({ slug: rule.slug, kind: 'changed' })
    old.delete(rule.slug)
  }
  for (const slug of old.keys()) changes.push({ slug, kind: 'removed' })
  return changes
}
