import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GuidelineContent, type Rule, ruleChanges } from '#lib/domain/guideline.ts'
import { fromMarkdown, toMarkdown } from '#lib/domain/guideline-markdown.ts'
import { contentChanges, mergeLanguage } from '#lib/domain/guideline-merge.ts'
import { GUIDELINE_OUTLINE } from '#lib/domain/guideline-outline.ts'
import { LOCALES } from '#lib/domain/locale.ts'
import { appliesIn, isMadeFor } from '#lib/domain/rules.ts'

const { version: _version, ...shippedText } = JSON.parse(readFileSync(new URL('../../prisma/seed/content/guideline.json', import.meta.url), 'utf8'))
const shipped = GuidelineContent.parse(shippedText)
const UNCHANGED = { rules: [], title: false, body: false, procedure: false, order: false }

describe('a file taken into a draft', () => {
  test.each([
    ['the shipped guideline', shipped],
    ['what a new project starts from', GuidelineContent.parse(GUIDELINE_OUTLINE)],
    ['a text with white space around it', { ...shipped, body: { en: '\n\nRead it. \n', zh: '请读。\n' } }],
  ])('changes nothing where it is the own file of %s', (_name, content) => {
    for (const locale of LOCALES) {
      const { content: read, faults } = fromMarkdown(toMarkdown(content, locale), locale)
      expect(faults).toEqual([])
      expect(contentChanges(content, mergeLanguage(content, read, locale))).toEqual(UNCHANGED)
    }
  })

  test('says which rules there are and in which order, and leaves the other language of those that stay', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(shipped.rules, { minLength: 1 }), fc.constantFrom(...LOCALES), (rules, locale) => {
        const { content: read } = fromMarkdown(toMarkdown({ ...shipped, rules }, locale), locale)
        const merged = mergeLanguage(shipped, read, locale)
        expect(merged.rules).toEqual(rules)
        const gone = shipped.rules.filter((rule) => !rules.includes(rule)).map(({ slug }) => ({ slug, kind: 'removed' }))
        expect(contentChanges(shipped, merged).rules).toEqual(gone)
      }),
      { numRuns: 15 },
    )
  })

  test('a further example keeps its other language only while it stands in its place', () => {
    const text = (en: string, zh: string) => ({ en, zh })
    const further = (name: string, verdict: 'good' | 'bad') => ({
      verdict,
      conversationId: null,
      prompt: {},
      answer: text(name, `${name}（中文）`),
      why: {},
    })
    const [first] = shipped.rules
    if (!first) throw new Error('the shipped guideline has no rule')
    const draft = { ...shipped, rules: [{ ...first, examples: [further('one', 'good'), further('two', 'bad')] }] }
    const { content: read } = fromMarkdown(toMarkdown(draft, 'en'), 'en')
    const swapped = { ...read, rules: read.rules.map((rule) => ({ ...rule, examples: rule.examples.toReversed() })) }
    expect(mergeLanguage(draft, read, 'en').rules).toEqual(draft.rules)
    expect(mergeLanguage(draft, swapped, 'en').rules[0]?.examples.map(({ answer }) => answer)).toEqual([{ en: 'two' }, { en: 'one' }])
  })
})

test('a version of before the conflict procedure and further examples reads as one without', () => {
  const { procedure: _procedure, ...old } = shippedText
  const rules = old.rules.map(({ examples: _examples, ...rule }: Rule) => rule)
  expect(GuidelineContent.parse({ ...old, rules })).toEqual({ ...shipped, procedure: [] })
})

test('a rule that names categories holds for them alone, one that names none for all', () => {
  const [first] = shipped.rules
  if (!first) throw new Error('the shipped guideline has no rule')
  const rule = (...categories: string[]): Rule => ({ ...first, appliesTo: { roles: [], categories } })
  const coding = { category: 'coding' }
  expect([rule(), rule('coding', 'maths'), rule('maths')].map((each) => [appliesIn(each, coding), isMadeFor(each, coding)])).toEqual([
    [true, false],
    [true, true],
    [false, false],
  ])
})

test('rules are compared by themselves, whatever is told beside them', () => {
  const told = shipped.rules.map((rule, at) => ({ ...rule, citations: at, rulings: 2, lapsed: ['a'] }))
  expect(ruleChanges(shipped.rules, told)).toEqual([])
  const [first, ...others] = told
  expect(ruleChanges(told, [{ ...(first as Rule), level: first?.level === 'may' ? 'must' : 'may' }, ...others])).toEqual([
    { slug: first?.slug, kind: 'changed' },
  ])
})
