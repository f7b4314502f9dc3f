import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openFindings } from '#lib/domain/check/open-findings.ts'
import { makeChecker, partsOf } from '#lib/domain/check/run.ts'
import { type CheckSettings, ProjectChecks } from '#lib/domain/check/settings.ts'
import type { DraftContent, Message, Role, Tool } from '#lib/domain/conversation.ts'

const settings = (given: Partial<CheckSettings> = {}): CheckSettings => ({ ...ProjectChecks.parse({}), language: 'en', ...given })

let next = 0
const say = (role: Role, content: string, more: Partial<Message> = {}): Message => ({
  id: `m${next++}`,
  role,
  content,
  train: role === 'assistant',
  ...more,
})
const of = (messages: Message[], tools: Tool[] = []): DraftContent => ({ messages, tools })
const call = (name: string, args: string) => ({ toolCalls: [{ id: 'c1', name, arguments: args }] })

const search: Tool = {
  name: 'search',
  description: 'Searches',
  parameters: JSON.stringify({
    type: 'object',
    properties: { query: { type: 'string', pattern: '^(a+)+$' }, limit: { type: 'integer', maximum: 10 } },
    required: ['query'],
    additionalProperties: false,
  }),
}

const named = (content: DraftContent, given?: Partial<CheckSettings>) => makeChecker(settings(given))(content).map(({ check }) => check)

describe('tool calls', () => {
  const ask = say('user', 'Find it')
  test('that fit their schema pass', () => {
    expect(named(of([ask, say('assistant', '', call('search', '{"query":"aaa","limit":3}'))], [search]))).toEqual([])
  })
  test.each([
    ['{"limit":3}', "must have required property 'query'"],
    ['{"query":"aaa","limit":30}', 'must be <= 10'],
    ['{"query":"aaa","page":1}', 'must NOT have additional properties: page'],
    ['{"query":7}', 'must be string'],
  ])('%s breaks its schema', (args, problem) => {
    const [finding] = makeChecker(settings())(of([ask, say('assistant', '', call('search', args))], [search]))
    expect(finding).toMatchObject({ check: 'tool-arguments', level: 'error', values: { problem } })
    expect(finding?.at).toMatchObject({ field: 'arguments', call: 0 })
  })
  test('an expression in a schema cannot hang', () => {
    const args = JSON.stringify({ query: `${'a'.repeat(50_000)}!` })
    expect(named(of([ask, say('assistant', '', call('search', args))], [search]))).toEqual(['tool-arguments'])
  })
  test('of a tool nobody declared, and tools whose schema is none', () => {
    expect(named(of([ask, say('assistant', '', call('browse', '{}'))], [search]))).toEqual(['tool-unknown'])
    expect(named(of([ask], [{ ...search, parameters: '{"type":"strin"}' }]))).toEqual(['tool-schema'])
    expect(named(of([ask], [{ ...search, parameters: '{' }]))).toEqual(['tool-schema'])
  })
})

describe('tool schemas as other tools write them', () => {
  const ask = say('user', 'Find it')
  const called = (schema: object, args: string) =>
    named(of([ask, say('assistant', '', call('search', args))], [{ ...search, parameters: JSON.stringify(schema) }]))
  test.each([
    [
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: { q: { type: 'string' } },
        unevaluatedProperties: false,
      },
    ],
    [{ $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties: { q: { type: 'string' } }, additionalProperties: false }],
    [{ type: 'object', properties: { q: { type: 'string', pattern: '^(?!x)' } }, additionalProperties: false }],
    [{ type: 'object', properties: { q: { type: 'string', pattern: '^[\\u4e00-\\u9fffa]+$' } }, additionalProperties: false }],
  ])('%j takes what fits and refuses what does not', (schema) => {
    expect(called(schema, '{"q":"a"}')).toEqual([])
    expect(called(schema, '{"r":"a"}')).toEqual(['tool-arguments'])
  })
  test('an asynchronous one is no JSON schema, and a thousand problems are told as twenty', () => {
    expect(called({ $async: true, type: 'object' }, '{}')).toEqual(['tool-schema'])
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, 1])))
    expect(called({ type: 'object', additionalProperties: { type: 'string' } }, many)).toHaveLength(20)
  })
})

describe('answers from recall', () => {
  const question = say('user', 'How many r’s are in strawberry?')
  test('are found, and not once a tool was called', () => {
    expect(named(of([question, say('assistant', 'There are two.')]))).toEqual(['counting'])
    const run: Tool = { name: 'run', description: '', parameters: '{}' }
    const called = [question, say('assistant', '', call('run', '{}')), say('tool', '3', { toolCallId: 'c1' }), say('assistant', 'There are three.')]
    expect(named(of(called, [run]))).toEqual([])
  })
})

describe('what a project sets', () => {
  const content = of([say('user', 'Who are you?'), say('assistant', 'I am ChatGPT, and I delve into things.')])
  test('a level can change, a check can be off, a name can be its own', () => {
    expect(makeChecker(settings({ levels: { 'foreign-identity': 'error' } }))(content)[0]).toMatchObject({
      level: 'error',
      rule: 'truthful/identity',
    })
    expect(named(content, { levels: { 'foreign-identity': 'off' } })).toEqual([])
    expect(named(content, { ownNames: ['ChatGPT'] })).toEqual([])
  })
  test('phrases and expressions of its own speak its own words', () => {
    const pattern = {
      id: 'delve',
      expression: 'delves?',
      roles: ['assistant' as const],
      level: 'warning' as const,
      rule: 'style/plain-words',
      message: 'Say look',
    }
    const found = makeChecker(
      settings({ levels: { 'foreign-identity': 'off' }, patterns: [pattern], phrases: [{ text: 'things', level: 'note', message: '' }] }),
    )(content)
    expect(found).toMatchObject([
      { check: 'pattern/delve', level: 'warning', rule: 'style/plain-words', message: 'Say look', quote: 'delve' },
      { check: 'phrase', level: 'note', quote: 'things' },
    ])
  })
  test.each([
    [{ patterns: [{ id: 'x', expression: '(?=a)', level: 'note' }] }, 'expression'],
    [{ patterns: [{ id: 'X y', expression: 'a', level: 'note' }] }, 'id'],
    [{ phrases: [{ text: '  ', level: 'note' }] }, 'text'],
    [{ maxTurns: 0 }, 'maxTurns'],
  ])('%j is refused at %s', (given, field) => {
    const result = ProjectChecks.safeParse(given)
    expect(result.success).toBe(false)
    expect(result.error?.issues[0]?.path.at(-1)).toBe(field)
  })
  test('limits speak of what is beyond them', () => {
    const long = of([say('user', 'Go'), say('assistant', 'word '.repeat(100))])
    expect(makeChecker(settings({ maxMessageCharacters: 100, maxTurns: 1 }))(long)).toMatchObject([
      { check: 'many-turns', values: { turns: 2, most: 1 } },
      { check: 'long-message', values: { characters: 500, most: 100 } },
    ])
  })
})

describe('reasons', () => {
  const warning = () => makeChecker(settings())(of([say('user', 'Mail?'), { ...say('assistant', 'anna.berg@gmx.de'), id: 'fixed' }]))
  test('a warning with a reason for its very words is open no longer; other words are', () => {
    const given = { check: 'personal-email', message: 'fixed', quote: 'anna.berg@gmx.de', reason: 'her public address' }
    expect(openFindings(warning(), [])).toHaveLength(1)
    expect(openFindings(warning(), [given])).toEqual([])
    expect(openFindings(warning(), [{ ...given, quote: 'bert.berg@gmx.de' }])).toHaveLength(1)
    expect(openFindings(warning(), [{ ...given, message: 'other' }])).toHaveLength(1)
  })
  test('no reason lifts an error, and a note needs none', () => {
    const error = warning().map((finding) => ({ ...finding, level: 'error' as const }))
    const given = { check: 'personal-email', message: 'fixed', quote: 'anna.berg@gmx.de', reason: 'please' }
    expect(openFindings(error, [given])).toHaveLength(1)
    expect(
      openFindings(
        warning().map((finding) => ({ ...finding, level: 'note' as const })),
        [],
      ),
    ).toEqual([])
  })
})

const HOSTILE = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom(
        '```',
        '~~~\n',
        '$$',
        '\\[',
        '\\)',
        '<|',
        '|>',
        '@',
        '.',
        '-',
        '4111',
        ' ',
        '\n',
        'I am ',
        'ChatGPT',
        '我',
        '\u202E',
        '👍',
        '(',
        '"',
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
)

describe('any text', () => {
  test('is checked without an error, and every place lies in its text', () => {
    const messages = fc.array(
      fc.record({
        role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const, 'tool' as const),
        content: HOSTILE,
        reasoning: HOSTILE,
        args: HOSTILE,
      }),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(messages, (given) => {
        const content = of(
          given.map(({ role, content: text, reasoning, args }) =>
            say(role, text, role === 'assistant' ? { reasoning, ...call('search', args) } : {}),
          ),
          [search],
        )
        for (const { at, quote } of makeChecker(settings())(content)) {
          const message = content.messages.find(({ id }) => id === at.message)
          const part = message && partsOf(message).find(({ field, call: place }) => (field === at.field || field === 'result') && place === at.call)
          expect(part).toBeDefined()
          expect(at.from).toBeGreaterThanOrEqual(0)
          expect(at.to).toBeLessThanOrEqual(part?.text.length ?? -1)
          expect(at.from).toBeLessThanOrEqual(at.to)
          expect(quote.length).toBeLessThanOrEqual(80)
        }
      }),
    )
  })
  test('what was found in a message is kept while it stays the same object', () => {
    const check = makeChecker(settings())
    const [question, answer] = [say('user', 'Mail?'), say('assistant', 'anna.berg@gmx.de')]
    const first = check(of([question, answer]))
    const again = check(of([question, answer, say('user', 'Thanks')]))
    expect(again[0]).toBe(first[0])
    expect(check(of([question, { ...answer, content: 'none' }]))).toEqual([])
  })
})
