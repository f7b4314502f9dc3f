import { globSync, readFileSync } from 'node:fs'
import { createTranslator } from 'next-intl'
import { describe, expect, test } from 'vitest'
import { FINDINGS, type FindingGroup, REPLY_FAILURES, TRAINER_FINDINGS, trainerCode } from '#lib/domain/training/finding.ts'

type Words = Record<string, { message: string; cure?: string }>
const wordsOf = (locale: string): Record<FindingGroup, Words> =>
  JSON.parse(readFileSync(`messages/${locale}.json`, 'utf8')).runs.finding as Record<FindingGroup, Words>

const blanks = (text: string): string[] => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name ?? '')

describe.each(['en', 'zh'] as const)('the words of findings in %s', (locale) => {
  const words = wordsOf(locale)

  test.each(Object.keys(FINDINGS) as FindingGroup[])('%s: every code has its words, and no words are left over', (group) => {
    expect(Object.keys(words[group]).sort()).toEqual([...FINDINGS[group]].sort())
  })

  test('all of them can be filled in', () => {
    const faults: string[] = []
    for (const [group, entries] of Object.entries(words)) {
      const t = createTranslator({ locale, messages: entries, onError: (error) => faults.push(error.message) }) as unknown as (
        key: string,
        values: Record<string, number>,
      ) => string
      for (const [code, entry] of Object.entries(entries)) {
        for (const [key, text] of Object.entries(entry)) {
          const filled = t(`${code}.${key}`, Object.fromEntries(blanks(text).map((name) => [name, 12])))
          if (/[{}]/.test(filled)) faults.push(`${group}.${code}.${key}: ${filled}`)
        }
      }
    }
    expect(faults).toEqual([])
  })
})

test('what can fail has a cure', () => {
  const { failure, trainer } = wordsOf('en')
  const stages = TRAINER_FINDINGS.slice(TRAINER_FINDINGS.indexOf('looking'), TRAINER_FINDINGS.indexOf('ready') + 1)
  const without = [...Object.entries(failure), ...Object.entries(trainer)].filter(
    ([code, words]) => !stages.some((stage) => stage === code) && !words.cure,
  )
  expect(without.map(([code]) => code)).toEqual([])
})

test('every stage and failure the set-up programs name is known here', () => {
  const sources = ['trainer/install.py', ...globSync('trainer/exemplar_trainer/*.py')].map((file) => readFileSync(file, 'utf8')).join('\n')
  const named = [...sources.matchAll(/\b(?:report|report_failure|InstallError|_run)\(\s*(?:\[[^\]]*\]|command)?,?\s*"([\w-]+)"/g)].map(
    ([, code]) => code ?? '',
  )
  expect(new Set(named).size).toBeGreaterThan(15)
  expect([...new Set(named)].filter((code) => trainerCode(code) !== code)).toEqual([])
})

test('every reason the model server gives people is known here', () => {
  const sources = ['model_pool', 'serve_handler'].map((name) => readFileSync(`trainer/exemplar_trainer/${name}.py`, 'utf8')).join('\n')
  const named = [...sources.matchAll(/(?:ModelError\(|BadRequest\([^"]*(?:"[^"]*")?[^"]*,|BadRequest\(text,|code, hint = \()\s*"([\w-]+)"/g)].map(
    ([, code]) => code ?? '',
  )
  expect(named.length).toBeGreaterThan(7)
  expect(named.filter((code) => !(REPLY_FAILURES as readonly string[]).includes(code))).toEqual([])
})
