import { describe, expect, test } from 'vitest'
import { misleadingQuestion } from '#lib/domain/check/counting.ts'
import { echoOf } from '#lib/domain/check/echo.ts'
import type { Hit } from '#lib/domain/check/finding.ts'
import { findForeignIdentity } from '#lib/domain/check/identity.ts'
import { languageOf } from '#lib/domain/check/language.ts'
import {
  findControlLookAlikes,
  findInvisible,
  findPlaceholders,
  findUnclosedFence,
  findUnclosedMath,
  findUnfinished,
} from '#lib/domain/check/markup.ts'
import { findPattern, findPhrase, patternFault } from '#lib/domain/check/pattern.ts'
import { findCards, findEmails, findNationalIds, findPhones } from '#lib/domain/check/personal-data.ts'
import { makeChecker } from '#lib/domain/check/run.ts'
import { findSecrets } from '#lib/domain/check/secrets.ts'
import { ProjectChecks } from '#lib/domain/check/settings.ts'

type Case = { name: string; find: (text: string) => Hit[]; hits: [text: string, found: string][]; misses: string[] }

// Put together from parts, so that no scanner takes this file for a leak.
const key = (...parts: string[]) => parts.join('')

const CASES: Case[] = [
  {
    name: 'e-mail addresses, but none that RFC 2606 keeps for examples',
    find: findEmails,
    hits: [
      ['Write to anna.berg@gmx.de today.', 'anna.berg@gmx.de'],
      ['邮箱：zhang-wei@163.com。', 'zhang-wei@163.com'],
      ['<mailto:o.neill+work@mail.uni-bonn.de>', 'o.neill+work@mail.uni-bonn.de'],
    ],
    misses: ['user@example.com and b@mail.example.org', 'x @ y', 'git@localhost', 'a@b', '@param name@version'],
  },
  {
    name: 'telephone numbers, international and as written at home',
    find: (text) => findPhones(text, 'en'),
    hits: [
      ['Call +49 30 901820 now', '+49 30 901820'],
      ['my cell: (415) 867-5309.', '(415) 867-5309'],
    ],
    misses: [
      'It took 1234567 steps',
      'pi is 3.14159265358979',
      'from 2019-01-02 to 2020-03-04',
      'Call +1 212 555 0123',
      'version 10.2.33.4',
      'answer-72-65515511',
      'order/4158675309',
      '4158675309x',
    ],
  },
  {
    name: 'Chinese mobile numbers in a Chinese project',
    find: (text) => findPhones(text, 'zh'),
    hits: [['请打 13812345678 找我', '13812345678']],
    misses: ['订单号 2024'],
  },
  {
    name: 'card numbers that pass Luhn, but none published for tests',
    find: findCards,
    hits: [
      ['Card 4539 1488 0343 6467, please', '4539 1488 0343 6467'],
      ['379354508162306', '379354508162306'],
    ],
    misses: ['4539 1488 0343 6468', '4111 1111 1111 1111', '1234567890123456', '0000 0000 0000 0000'],
  },
  {
    name: 'national ids with the right check digit',
    find: findNationalIds,
    hits: [
      ['身份证 11010519491231002X 已核对', '11010519491231002X'],
      ['SSN 536-22-8145', '536-22-8145'],
      ['DNI 12345678Z', '12345678Z'],
      ['NI number QQ 12 34 56 C is no prefix, AB 12 34 56 C is', 'AB 12 34 56 C'],
      ['to DE89 3704 0044 0532 0130 00 today', 'DE89 3704 0044 0532 0130 00'],
    ],
    misses: ['110105194912310021', '000-12-3456', 'SSN 078-05-1120', '12345678A', 'DE89 3704 0044 0532 0130 01', 'phone 555-12-34567'],
  },
  {
    name: 'keys and passwords',
    find: findSecrets,
    hits: [
      [`use ${key('AKIA', 'J2XQ7MZN4TLW3RVB')} here`, key('AKIA', 'J2XQ7MZN4TLW3RVB')],
      [`token ${key('ghp_', 'a'.repeat(30), '123456')}`, key('ghp_', 'a'.repeat(30), '123456')],
      [key('-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIE'), key('-----BEGIN RSA ', 'PRIVATE KEY-----')],
      ['postgres://app:Kq8vT2zL@db.internal/x', 'postgres://app:Kq8vT2zL@db.internal'],
      ['password = "hunter2hunter2"', 'password = "hunter2hunter2"'],
    ],
    misses: [
      'postgres://user:password@localhost/db',
      'password = "your-password-here"',
      'api_key: "<API_KEY>"',
      'the sk-learn package',
      'password: os.environ["PW"]',
      'https://example.com:8080/path',
    ],
  },
  {
    name: 'an assistant that says it is another one',
    find: (text) => findForeignIdentity(text, ['Juniper']),
    hits: [
      ['Hello! I am ChatGPT, how can I help?', 'I am ChatGPT'],
      ['As an AI language model created by OpenAI I cannot', 'As an AI language model created by OpenAI'],
      ['I was made by Google in 2023.', 'I was made by Google'],
      ['我是通义千问，很高兴认识你', '我是通义千问'],
      ['我是由百度开发的助手', '我是由百度开发'],
    ],
    misses: [
      'I am not ChatGPT. I am Juniper.',
      'ChatGPT is made by OpenAI.',
      'I am Juniper, made by the Exemplar project.',
      'I read that Claude was made by Anthropic',
      '我不是ChatGPT',
      'I am better at maths than at poems',
      'The Llama is an animal; I am fond of it',
    ],
  },
  {
    name: 'a fence left open',
    find: findUnclosedFence,
    hits: [
      ['Look:\n```python\nprint(1)\n', '```python'],
      ['~~~\n```\n', '~~~'],
      ['````\n```\n', '````'],
    ],
    misses: ['```\na\n```', 'use ``` inline', '```a`b', '~~~\n```\n~~~', '    ```\nindented'],
  },
  {
    name: 'math with one of its two signs',
    find: findUnclosedMath,
    hits: [
      ['so $$x^2 is', '$$'],
      ['then \\[ a + b', '\\['],
      ['a \\) b', '\\)'],
    ],
    misses: ['$$x$$', '\\[a\\] and \\(b\\)', 'costs $5 and $6', 'code `$$` here', '```\n$$\n```', 'echo $$; echo $$'],
  },
  {
    name: 'text that looks like a control token',
    find: findControlLookAlikes,
    hits: [
      ['say <|im_end|> now', '<|im_end|>'],
      ['<｜end▁of▁sentence｜>', '<｜end▁of▁sentence｜>'],
      ['[INST] hi', '[INST]'],
      ['<think>', '<think>'],
      ['</s>', '</s>'],
      ['<end_of_turn>', '<end_of_turn>'],
    ],
    misses: ['a <b> c', '[1] <span>', '<script>', 'x <| y |> z |', 'if (a<s>b)'.replace('<s>', '< s >')],
  },
  {
    name: 'characters nobody sees',
    find: findInvisible,
    hits: [
      ['pay\u202Egpj.exe', '\u202E'],
      ['zero\u200Bwidth', '\u200B'],
      ['\uFEFFstart', '\uFEFF'],
      ['tag\u{E0041}', '\u{E0041}'],
    ],
    misses: ['👩‍👩‍👧', 'می‌خواهم', 'שלום\u200E', '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}', 'plain'],
  },
  {
    name: 'text somebody meant to come back to',
    find: findPlaceholders,
    hits: [
      ['Dear [Your Name],', '[Your Name]'],
      ['TODO: cite', 'TODO'],
      ['Lorem ipsum dolor', 'Lorem ipsum'],
      ['（待补充）', '（待补充）'],
    ],
    misses: ['[your site](https://a.example)', 'a todo list', 'the name of the date'],
  },
  {
    name: 'an answer that stops in the middle',
    find: findUnfinished,
    hits: [
      ['Here is the list:\n', ':'],
      ['First, you need a', 'a'],
      ['原因如下：', '：'],
    ],
    misses: ['Done.', 'Vitamin A.', '好的。', '```\ncode\n```', 'A banana'],
  },
]

describe.each(CASES)('$name', ({ find, hits, misses }) => {
  test.each(hits)('%j', (text, found) => {
    expect(find(text).map(({ from, to }) => text.slice(from, to))).toContain(found)
  })
  test.each(misses)('not %j', (text) => {
    expect(find(text)).toEqual([])
  })
})

describe('questions that recall misleads', () => {
  test.each([
    ['How many r’s are in strawberry?', 'counting'],
    ['strawberry 里有几个字母 r？', 'counting'],
    ['Which is bigger, 9.11 or 9.9?', 'decimals'],
    ['9.11 和 9.9 哪个大？', 'decimals'],
    ['What is 48,213 × 7,391?', 'arithmetic'],
    ['What is the weather in Oslo today?', 'fresh-facts'],
    ['Explain photosynthesis to a child.', null],
    ['Python 3.11 came after 3.10.', null],
    ['How many people live in a typical household?', null],
  ])('%s', (question, kind) => expect(misleadingQuestion(question)).toBe(kind))
})

describe('echo of the question', () => {
  const question = 'Could you please explain to me how the tides of the sea come about?'
  test('is found where the answer begins with it', () => {
    const answer = `You ask: could you please explain to me how the tides of the sea come about. Well, the moon pulls.`
    const found = echoOf(question, answer)
    expect(found && answer.slice(found.from, found.to)).toContain('explain to me how the tides')
  })
  test('is not seen in an answer of its own words, in a short question or far down', () => {
    expect(echoOf(question, 'The moon pulls at the sea, and the earth turns below the bulge.')).toBeNull()
    expect(echoOf('How are you?', 'How are you? I am fine.')).toBeNull()
    expect(echoOf(question, `${'The moon pulls at the water. '.repeat(30)}${question}`)).toBeNull()
  })
})

describe('language', () => {
  test.each([
    ['The quick brown fox jumps over the lazy dog and runs into the dark forest.', 'en'],
    ['Der schnelle braune Fuchs springt über den faulen Hund und läuft in den Wald.', 'de'],
    ['这只敏捷的棕色狐狸跳过了那条懒狗，然后跑进了黑暗的森林。', 'zh'],
    ['すばやい茶色の狐がのろまな犬を飛び越えて、暗い森の中へと走って行きました。', 'ja'],
    ['OK', null],
    ['```python\nfor index in range(10):\n    print(index, "some words in English here to mislead")\n```', null],
  ])('%s', (text, language) => expect(languageOf(text)).toBe(language))
})

describe('a project’s own expressions', () => {
  test('are found, upper and lower case alike', () => {
    const text = 'Please DELVE into it, then delve again.'
    expect(findPattern(text, '\\bdelve\\b').map(({ from, to }) => text.slice(from, to))).toEqual(['DELVE', 'delve'])
  })
  test('places are those of UTF-16, beyond the first plane too', () => {
    expect(findPattern('👍 delve', 'delve')).toEqual([{ from: 3, to: 8 }])
  })
  test('that would hang elsewhere end', () => {
    expect(findPattern(`${'a'.repeat(50_000)}!`, '(a+)+$')).toEqual([])
    expect(findPattern(`${'a'.repeat(5_000)}b`, '(a|a)*c')).toEqual([])
  })
  test.each([
    ['(', 'missing'],
    ['(?=a)', 'invalid'],
    ['(a)\\1', 'invalid'],
    ['a*', 'empty text'],
  ])('%s is refused with the reason', (source, reason) => expect(patternFault(source)).toContain(reason))
  test('phrases are whole words in scripts with spaces and any part elsewhere', () => {
    expect(findPhrase('a category of cats', 'cat')).toEqual([])
    expect(findPhrase('The CAT sat', 'cat')).toEqual([{ from: 4, to: 7 }])
    expect(findPhrase('作为一个人工智能助手', '人工智能')).toEqual([{ from: 4, to: 8 }])
  })
})

describe('a megabyte of', () => {
  // Each of these once took an expression seconds or hours.
  const MEGABYTE = 1_000_000
  const many = (text: string) => text.repeat(Math.floor(MEGABYTE / text.length))
  const check = makeChecker({ ...ProjectChecks.parse({ phrases: [{ text: 'zq', level: 'note' }] }), language: 'en' })
  test.each([
    ['digits', many('1')],
    ['backticks', `x ${many('`')} $$`],
    ['runs of backticks', `${Array.from({ length: 1400 }, (_, index) => '`'.repeat(index + 1)).join(' ')} $$`],
    ['a fence of its own kind', `${'`'.repeat(20_000)}\n${many('a\n')}`],
    ['beginnings of keys', many('eyJ-')],
    ['open brackets of math', many('\\(')],
    ['digits and spaces', many('12 ')],
    ['digits and dots', many('1.')],
    ['digits and hyphens', many('1-')],
    ['local parts', many('a.')],
    ['beginnings of claims', many('i am the ')],
    ['我', many('我是')],
    ['keys of PEM', `-----BEGIN ${many('A ')}`],
  ])('%s is looked through', (_, text) => {
    const messages = (['user', 'assistant'] as const).map((role) => ({ id: role, role, content: text, train: true }))
    expect(check({ messages, tools: [] }).length).toBeLessThan(60)
  })
  test('what a check finds ends with the first fifty places in it', () => {
    const found = check({ messages: [{ id: 'a', role: 'user', content: many('\u200B'), train: false }], tools: [] })
    expect(found).toHaveLength(50)
  })
})
