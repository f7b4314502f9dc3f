import { describe, expect, test } from 'vitest'
import { GuidelineContent } from '#lib/domain/guideline.ts'
import { fromMarkdown } from '#lib/domain/guideline-markdown.ts'

describe('the limits of a guideline', () => {
  const rules = (count: number) => Array.from({ length: count }, (_, index) => `## R {#style/r-${index}}\n\nx\n`).join('\n')
  const steps = (count: number) => `# C {#conflicts}\n\n${'1. a\n'.repeat(count)}`
  const named = (count: number) => Array.from({ length: count }, (_, index) => `## S {#conflicts/s-${index}}\n\nx\n`).join('\n')
  const shown = (count: number) => `## A {#style/a}\n\n${'~~~xml\n<assistant>\nx\n</assistant>\n~~~\n\n'.repeat(count)}`
  test.each([
    ['a body', (extra: number) => 'x'.repeat(200_000 + extra), 'body.en is longer than 200000 characters; shorten it'],
    ['a title', (extra: number) => `# ${'x'.repeat(200_000 + extra)}`, 'title.en is longer than 200000 characters; shorten it'],
    [
      'a statement',
      (extra: number) => `## A {#style/a}\n\n${'x'.repeat(200_000 + extra)}`,
      'statement.en is longer than 200000 characters; shorten it',
    ],
    ['steps of a list', (extra: number) => steps(50 + extra), 'at most 50 steps'],
    ['named steps', (extra: number) => named(50 + extra), 'at most 50 steps'],
    ['rules', (extra: number) => rules(1000 + extra), 'at most 1000 rules'],
    ['examples', (extra: number) => shown(51 + extra), 'more than 50 examples; take some out'],
  ])('%s as long as it may be is read, and no longer', { timeout: 60_000 }, (_name, make, words) => {
    const whole = fromMarkdown(make(0), 'en')
    expect(whole.faults).toEqual([])
    expect(GuidelineContent.safeParse(whole.content).error).toBeUndefined()
    const { faults } = fromMarkdown(make(1), 'en')
    expect(faults).toHaveLength(1)
    expect(faults[0]?.message).toContain(words)
  })

  test.each([
    ['an endless list', `# C {#conflicts}\n\n${'1. a\n'.repeat(800_000)}`, 'at most'],
    ['an endless line', 'x'.repeat(2_000_001), 'at most 2000000 characters'],
    ['lists in lists', `${'- '.repeat(20)}a\n`.repeat(2000), 'at most 30000 items of lists'],
    ['lines that end as on an old Macintosh', '- a\r'.repeat(60_000), 'at most 50000 lines'],
    ['one line of them', '- '.repeat(900_000), 'more than 20 deep'],
    ['tags without end', `## A {#style/a}\n\n~~~xml\n${'<user>\n</user>\n'.repeat(12_000)}~~~\n`, null],
    ['white space without end', `x${' '.repeat(1_000_000)}y`, 'body.en is longer'],
    ['stars that pair with nothing', `## A {#a level=must}\n\n[b](#a)${'*a_'.repeat(40_000)}\n`, null],
    ['a fence without end', `${'~'.repeat(900_000)}\nx\n${'~'.repeat(900_000)}`, 'body.en is longer'],
  ])('%s holds nobody up', { timeout: 20_000 }, (_name, source, words) => {
    const { faults } = fromMarkdown(source, 'en')
    expect(faults.map(({ message }) => message)).toEqual(words === null ? [] : [expect.stringContaining(words)])
  })
})
