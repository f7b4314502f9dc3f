import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findingKey } from '#lib/domain/check/open-findings.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { nearDuplicateFinding, standingDuplicates } from '#lib/domain/near-duplicate/finding.ts'
import { likenessOf, NEARLY_SAME } from '#lib/domain/near-duplicate/likeness.ts'
import { BANDS, bandKeys } from '#lib/domain/near-duplicate/minhash.ts'
import { shinglesOf } from '#lib/domain/near-duplicate/shingles.ts'

const say = (role: Message['role'], content: string, more: Partial<Message> = {}): Message => ({
  id: `${role}-${content.length}`,
  role,
  content,
  train: role === 'assistant',
  ...more,
})
const answer = (content: string, more: Partial<Message> = {}) => [say('user', 'A question'), say('assistant', content, more)]

const LETTER =
  'Thank you for asking. The library opens at nine in the morning and closes at six in the evening, except on Sundays, when it stays closed all day long.'

describe('what is compared', () => {
  test('trained answers alone, whatever was asked', () => {
    const keys = (messages: Message[]) => shinglesOf(messages).map(({ key }) => key)
    expect(keys([say('user', LETTER), say('assistant', 'Yes.')])).toEqual([])
    expect(keys(answer(LETTER, { train: false }))).toEqual([])
    expect(keys(answer(LETTER))[0]).toBe('thank you for asking the')
    expect(keys([say('system', LETTER), ...answer(LETTER)])).toEqual(keys(answer(LETTER)))
  })

  test('letter case, punctuation, width and spaces make no difference', () => {
    const changed = LETTER.toUpperCase().replaceAll('. ', '…\n\n— ').replaceAll('S', 'Ｓ')
    expect(likenessOf(shinglesOf(answer(LETTER)), shinglesOf(answer(changed)))?.share).toBe(1)
  })

  test('Chinese by character', () => {
    const text = '图书馆早上九点开门，晚上六点关门，星期天全天不开放，节假日另行通知。'
    const keys = shinglesOf(answer(text)).map(({ key }) => key)
    expect(keys[0]).toBe('图 书 馆 早 上')
    const likeness = likenessOf(shinglesOf(answer(text)), shinglesOf(answer(text.replace('通知', '公告'))))
    expect(likeness?.share).toBeGreaterThan(NEARLY_SAME)
  })

  test('a text of any size in the time of a page', () => {
    const long = Array.from({ length: 300_000 }, (_, at) => `w${at}`).join(' ')
    expect(shinglesOf(answer(long))).toHaveLength(20_000)
  })

  test('every shingle stands where it says, in any Unicode', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 5 }), (texts) => {
        const messages = texts.map((text, at) => say('assistant', text, { id: String(at) }))
        for (const { key, message, from, to } of shinglesOf(messages)) {
          const words = texts[Number(message)]?.slice(from, to) ?? ''
          expect(to).toBeGreaterThan(from)
          expect(words.normalize('NFKC').toLowerCase().startsWith(key.slice(0, 1))).toBe(true)
        }
      }),
    )
  })
})

describe('how alike', () => {
  test('the share is Jaccard’s, and the passage is the longest both have', () => {
    const mine = shinglesOf(answer(LETTER))
    const theirs = shinglesOf(answer(LETTER.replace('Thank you for asking. ', '')))
    const likeness = likenessOf(mine, theirs)
    expect(likeness?.share).toBeCloseTo(theirs.length / mine.length, 10)
    expect(LETTER.slice(likeness?.passage.from, likeness?.passage.to)).toBe(LETTER.slice(LETTER.indexOf('The library'), -1))
  })

  test('other answers are nothing alike', () => {
    const other =
      'I do not know that. Nobody told me when the museum opens, so please look at its page or call the people who work there before you go.'
    expect(likenessOf(shinglesOf(answer(LETTER)), shinglesOf(answer(other)))).toBeNull()
    expect(likenessOf([], [])).toBeNull()
  })

  test('it is the same from either side', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd')
    const text = fc.array(word, { minLength: 20, maxLength: 60 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(text, text, (one, two) => {
        const [a, b] = [shinglesOf(answer(one)), shinglesOf(answer(two))]
        expect(likenessOf(a, b)?.share).toBe(likenessOf(b, a)?.share)
      }),
    )
  })
})

describe('MinHash', () => {
  const SIZE = 100
  const named = (name: string, from: number, to: number) => Array.from({ length: to - from }, (_, at) => `${name} ${from + at}`)
  /** Two sets of as many words, so many of them shared. */
  const pair = (seed: number, shared: number): [Set<string>, Set<string>] => {
    const common = named(`${seed} common`, 0, shared)
    return [new Set([...common, ...named(`${seed} one`, shared, SIZE)]), new Set([...common, ...named(`${seed} two`, shared, SIZE)])]
  }

  test.each([67, 82, 86, 95])('sets with %d of 100 in common are found as often as the S-curve says, within 3 points', (shared) => {
    const PAIRS = 1500
    let found = 0
    for (let seed = 0; seed < PAIRS; seed++) {
      const [one, two] = pair(seed, shared)
      const keys = new Set(bandKeys('p', one))
      if (bandKeys('p', two).some((key) => keys.has(key))) found++
    }
    const similarity = shared / (2 * SIZE - shared)
    expect(Math.abs(found / PAIRS - (1 - (1 - similarity ** 8) ** BANDS))).toBeLessThan(0.03)
  })

  test('the same set has the same keys in one project, in any order, and others in another', () => {
    const keys = bandKeys('p', new Set(['a', 'b', 'c']))
    expect(keys).toHaveLength(BANDS)
    expect(bandKeys('p', new Set(['c', 'a', 'b']))).toEqual(keys)
    expect(bandKeys('q', new Set(['a', 'b', 'c'])).filter((key) => keys.includes(key))).toEqual([])
    for (const key of keys) expect(BigInt.asIntN(64, key)).toBe(key)
    expect(bandKeys('p', new Set())).toEqual([])
  })
})

describe('as a finding', () => {
  const messages = answer(LETTER)
  const id = messages[1]?.id ?? ''
  const passage = { message: id, from: LETTER.indexOf('The library'), to: LETTER.length }
  const likeness = { share: 0.917, passage }
  const changed = (content: string) => [{ ...say('assistant', content), id }]

  test('it never rounds up, and speaks of the whole message', () => {
    const finding = nearDuplicateFinding(messages, likeness, 'warning', '')
    expect(finding).toMatchObject({ check: 'near-duplicate', level: 'warning', values: { percent: 91 }, at: { from: passage.from, to: passage.to } })
    expect(finding?.quote).toBe(LETTER.slice(0, 80))
  })

  test('a reason holds while the passage moves and the first words stay', () => {
    const before = nearDuplicateFinding(messages, likeness, 'warning', '')
    const after = nearDuplicateFinding(changed(`${LETTER} Come and see.`), { share: 0.8, passage: { ...passage, from: 40 } }, 'warning', 'x')
    expect(before && after && findingKey(after) === findingKey(before)).toBe(true)
  })

  test('of a text that has become shorter, or lost the message, it stands within what is there, or nowhere', () => {
    expect(nearDuplicateFinding(changed('Thank you.'), likeness, 'warning', '')?.at).toMatchObject({ from: 10, to: 10 })
    expect(nearDuplicateFinding([], likeness, 'warning', '')).toBeNull()
  })

  test('what a text was refused for is over as soon as that message is another', () => {
    const finding = nearDuplicateFinding(messages, likeness, 'warning', '')
    const findings = finding ? [finding] : []
    expect(standingDuplicates(findings, messages, [...messages, say('user', 'And then?')])).toEqual(findings)
    expect(standingDuplicates(findings, messages, changed(`${LETTER}!`))).toEqual([])
    expect(standingDuplicates(findings, messages, [])).toEqual([])
  })
})
