import fc from 'fast-check'
import { expect, test } from 'vitest'
import { promptLanguage, scriptLanguageOf } from '#lib/domain/import/script-language.ts'

test.each([
  ['请介绍一下你自己。', 'zh'],
  ['把 machine learning 翻译成中文', 'zh'],
  ['自我介紹', 'zh'],
  ['日本の首都はどこですか？', 'ja'],
  ['コンピューター', 'ja'],
  ['奈雪の茶的营销策略是什么？', 'zh'],
  ['한국의 수도는 어디입니까?', 'ko'],
  ['大韓民國의 수도는 어디입니까?', 'ko'],
  ['What is the capital of Poland?', null],
  ['Translate 你好 to English', null],
  ['How do I say ありがとう at the end of a long letter?', null],
  ['Где находится Москва?', null],
  ['कहाँ है?', null],
  ['1 + 1 = 2 ?!', null],
  ['', null],
])('the script of “%s” says %s', (text, language) => expect(scriptLanguageOf(text)).toBe(language))

const from = (first: number, last: number) =>
  fc.string({ unit: fc.integer({ min: first, max: last }).map((code) => String.fromCodePoint(code)), minLength: 1 })
const HAN = from(0x4e00, 0x9fa5)
const HIRAGANA = from(0x3041, 0x3096)
const HANGUL = from(0xac00, 0xd7a3)

test('Han alone is Chinese, with kana Japanese; Hangul alone is Korean; ASCII alone decides nothing', () => {
  fc.assert(fc.property(HAN, (han) => scriptLanguageOf(han) === 'zh'))
  fc.assert(fc.property(HAN, HIRAGANA, (han, kana) => kana.length < han.length || scriptLanguageOf(han + kana) === 'ja'))
  fc.assert(fc.property(HANGUL, (hangul) => scriptLanguageOf(hangul) === 'ko'))
  fc.assert(fc.property(fc.string(), (ascii) => scriptLanguageOf(ascii) === null))
})

test('digits, punctuation and space change nothing', () => {
  const sign = fc.string({ unit: fc.constantFrom(' ', '\n', '1', '，', '。', '!', '+') })
  fc.assert(fc.property(sign, HAN, sign, (before, han, after) => scriptLanguageOf(before + han + after) === 'zh'))
})

test('a prompt is in the language of its questions, whatever its instructions and answers are in', () => {
  const messages = [
    { role: 'system' as const, content: 'You are a helpful assistant that answers in the language of the question.' },
    { role: 'user' as const, content: '你好' },
    { role: 'assistant' as const, content: 'Hello and welcome, what can I do for you today?' },
    { role: 'user' as const, content: '请介绍一下你自己' },
  ]
  expect(promptLanguage(messages, 'en')).toBe('zh')
  expect(promptLanguage([{ role: 'user', content: 'Hello' }], 'fr')).toBe('fr')
})
