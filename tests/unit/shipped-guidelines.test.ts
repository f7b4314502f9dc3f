import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { GuidelineContent, guidelineFaults, type LocalizedText } from '#lib/domain/guideline.ts'
import { GUIDELINE_OUTLINE } from '#lib/domain/guideline-outline.ts'
import { LOCALES } from '#lib/domain/locale.ts'
import { PRINCIPLES } from '#lib/domain/principles.ts'

const seeded = JSON.parse(readFileSync(new URL('../../prisma/seed/content/guideline.json', import.meta.url), 'utf8'))
const demo = GuidelineContent.parse({ title: seeded.title, body: seeded.body, procedure: seeded.procedure, rules: seeded.rules })
const outline = GuidelineContent.parse(GUIDELINE_OUTLINE)

/** Texts that lack one of the languages, by where they stand. */
const untranslated = (texts: Record<string, LocalizedText>): string[] =>
  Object.entries(texts).flatMap(([place, text]) => LOCALES.filter((locale) => !text[locale]?.trim()).map((locale) => `${place} in ${locale}`))

const statements = ({ title, body, procedure, rules }: GuidelineContent) => ({
  title,
  body,
  ...Object.fromEntries(procedure.map(({ id, text }) => [`step ${id}`, text])),
  ...Object.fromEntries(
    rules.flatMap(({ slug, ...rule }) => [
      [`${slug} title`, rule.title],
      [`${slug} statement`, rule.statement],
      [`${slug} rationale`, rule.rationale],
    ]),
  ),
})

describe.each([
  ['the guideline of the demo', demo],
  ['what a new project starts from', outline],
])('%s', (_name, content) => {
  test('can be published as it is', () => {
    expect(guidelineFaults(content)).toEqual([])
  })

  test('says everything in every language', () => {
    expect(untranslated(statements(content))).toEqual([])
  })

  test('says step by step what to do when rules conflict', () => {
    expect(content.procedure.length).toBeGreaterThan(2)
  })

  test('has a rule under every principle', () => {
    expect(new Set(content.rules.map(({ principle }) => principle))).toEqual(new Set(PRINCIPLES))
  })
})

test('every rule of the demo has a good and a bad example in every language', () => {
  const examples = demo.rules.flatMap(({ slug, good, bad }) =>
    Object.entries({ good, bad }).flatMap(([kind, example]) =>
      Object.entries(example).map(([field, text]): [string, LocalizedText] => [`${slug} ${kind} ${field}`, text]),
    ),
  )
  expect(examples.length).toBe(demo.rules.length * 6)
  expect(untranslated(Object.fromEntries(examples))).toEqual([])
})
