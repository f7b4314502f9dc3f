import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rule } from '#lib/domain/guideline.ts'
import { fromMarkdown, inLanguage, toMarkdown } from '#lib/domain/guideline-markdown.ts'
import { excerptOf, guidelineDocuments, marksIn, ruleDocument, searchDocuments } from '#lib/domain/guideline-search.ts'
import { longGuideline, pagesOf } from '../support/long-guideline.ts'

const example = { prompt: {}, answer: {}, why: {} }
const rule = (slug: string, given: Partial<Rule> = {}): Rule => ({
  slug,
  principle: 'style',
  level: 'must',
  title: {},
  statement: {},
  rationale: {},
  appliesTo: { roles: [], categories: [] },
  good: example,
  bad: example,
  examples: [],
  ...given,
})
const find = (rules: Rule[], search: string) => searchDocuments(rules.map(ruleDocument), search).map(({ document }) => document.name)

describe('the search of a guideline', { timeout: 60_000 }, () => {
  test('puts slug and title before what a rule says, and that before its examples', () => {
    const rules = [
      rule('style/d', { good: { ...example, answer: { en: 'A café.' } } }),
      rule('style/c', { rationale: { en: 'Cafe.' } }),
      rule('style/b', { statement: { en: 'CAFÉ' } }),
      rule('style/a', { title: { en: 'The cafe\u0301' } }),
      rule('style/cafe'),
    ]
    expect(find(rules, 'cafe')).toEqual(['style/cafe', 'style/a', 'style/b', 'style/c', 'style/d'])
  })

  test('wants every word, in whichever field and language, and values the start of a word more than its inside', () => {
    const rules = [
      rule('style/a', { statement: { en: 'An unknown place', zh: '未知之地' } }),
      rule('style/b', { statement: { en: 'A known place' } }),
      rule('style/c', { statement: { en: 'Known' } }),
    ]
    expect(find(rules, 'place KNOWN')).toEqual(['style/b', 'style/a'])
    expect(find(rules, 'place 未知')).toEqual(['style/a'])
    expect(find(rules, 'known zebra')).toEqual([])
    expect(find(rules, '  ')).toHaveLength(3)
    // Full-width letters and quotation marks are no obstacle.
    expect(find(rules, '“ｐｌａｃｅ”')).toEqual(['style/a', 'style/b'])
  })

  test('finds Chinese by pairs of characters, those that stand together first', () => {
    const rules = [
      rule('style/a', { statement: { zh: '不知何故，知道的人不多' } }),
      rule('style/b', { statement: { zh: '不知道就说不知道' } }),
      rule('style/c', { statement: { zh: '知道' } }),
    ]
    expect(find(rules, '不知道')).toEqual(['style/b', 'style/a'])
    expect(find(rules, '知')).toHaveLength(3)
  })

  test('finds steps and sections too; what looks like a heading in code is none', () => {
    const body = { en: 'Before.\n\n# One\n\nalpha\n\n```\n# no heading\n```\n\n## Two ##\n\nbeta', zh: '# 一\n\n甲' }
    const documents = guidelineDocuments({ body, procedure: [{ id: 'first', text: { en: 'Gamma ray' }, ranks: [] }], rules: [] })
    expect(documents.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['section ', 'section One', 'section Two', 'section 一', 'step first'])
    expect(searchDocuments(documents, 'no heading').map(({ document }) => document.name)).toEqual(['One'])
    expect(searchDocuments(documents, 'gamma').map(({ document }) => document.name)).toEqual(['first'])
  })

  test('says where the words stand, around the first of them', () => {
    const text = `${'Other words come first. '.repeat(20)}The naïve answer is a guess. ${'More follows. '.repeat(40)}`
    const { text: piece, marks } = excerptOf(ruleDocument(rule('style/a', { statement: { en: text } })), 'naive guess', 'en')
    expect(piece.length).toBeLessThan(220)
    expect(marks.map(([from, to]) => piece.slice(from, to))).toEqual(['naïve', 'guess'])
    // In the reader's language where both hold the words, else where they stand.
    const both = ruleDocument(rule('style/a', { statement: { en: 'GPU time', zh: 'GPU 时间' }, rationale: { zh: '显卡' } }))
    expect(excerptOf(both, 'gpu', 'zh').text).toBe('GPU 时间')
    expect(excerptOf(both, '显卡', 'en').text).toBe('显卡')
  })

  test('marks are within the text, apart, in order, and hold what was sought', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom('é', '规则', 'Ａ', 'ﬁ', 'ß', '😀', 'Ω', 'two words'),
        (text, word) => {
          let before = -1
          for (const [from, to] of marksIn(`${text}${word}${text}`, word)) {
            expect(from).toBeGreaterThan(before)
            expect(to).toBeGreaterThan(from)
            expect(to).toBeLessThanOrEqual(text.length * 2 + word.length)
            before = to
          }
        },
      ),
    )
  })
})

describe('a guideline of three hundred pages', { timeout: 60_000 }, () => {
  const content = longGuideline()
  test('is one, and is read back from Markdown', () => {
    expect(pagesOf(content)).toBeGreaterThanOrEqual(300)
    expect(fromMarkdown(toMarkdown(content, 'zh'), 'zh')).toEqual({ content: inLanguage(content, 'zh'), faults: [] })
  })

  test('every rule is found first by its slug', () => {
    const documents = guidelineDocuments(content)
    for (const { slug } of content.rules) expect(searchDocuments(documents, slug)[0]?.document.name).toBe(slug)
  })
})
