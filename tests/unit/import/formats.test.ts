import { describe, expect, test } from 'vitest'
import { type ImportFormat, mapRow } from '#lib/domain/import/formats.ts'
import { RowFault } from '#lib/domain/import/row-fault.ts'

function map(value: unknown, format: ImportFormat, replacements: Record<string, string> = {}, keepAnswers = true) {
  try {
    return mapRow({ value, text: JSON.stringify(value) }, { format, keepAnswers, replacements })
  } catch (error) {
    if (error instanceof RowFault) return { field: error.field, code: error.code, facts: error.facts }
    throw error
  }
}

const DEPTH = 100_000
const deep = '['.repeat(DEPTH) + ']'.repeat(DEPTH)
const human = { from: 'human', value: 'Hi' }
const asked = [{ role: 'user', content: 'Hi' }]
const call = (body: unknown) => ({ messages: [...asked, { role: 'assistant', content: '', tool_calls: [{ function: body }] }] })

describe('JSON inside a text that nests 100,000 levels deep is a fault of its row', () => {
  test.each<[string, ImportFormat, unknown, string]>([
    [
      'a function call',
      'sharegpt',
      { conversations: [human, { from: 'function_call', value: `{"name": "f", "arguments": ${deep}}` }] },
      'conversations.1.value',
    ],
    ['the tools', 'sharegpt', { conversations: [human], tools: `[{"name": "f", "parameters": ${deep}}]` }, 'tools'],
    ['tools that are not closed', 'messages', { messages: asked, tools: '['.repeat(DEPTH) }, 'tools'],
    ['the parameters of a tool', 'messages', { messages: asked, tools: [{ name: 'f', parameters: deep }] }, 'tools.0.parameters'],
    ['the arguments of a call', 'messages', call({ name: 'f', arguments: deep }), 'messages.1.tool_calls.0.arguments'],
  ])('%s', (_name, format, row, field) => {
    expect(map(row, format)).toMatchObject({ field, code: 'too-deep', facts: { limit: 128, levels: expect.any(Number) } })
  })

  test('brackets in the text of a call do not count', () => {
    const value = JSON.stringify({ name: 'f', arguments: { code: '[[['.repeat(200) } })
    expect(
      map({ conversations: [human, { from: 'function_call', value }, { from: 'observation', value: 'x' }, human] }, 'sharegpt', {}, false),
    ).toHaveProperty('messages')
  })
})

describe('names that every object has', () => {
  test.each(['constructor', '__proto__', 'toString'])('the role %s is unknown', (role) => {
    expect(map({ conversations: [{ from: role, value: 'Hi' }] }, 'sharegpt')).toMatchObject({
      field: 'conversations.0.from',
      code: 'unknown-role',
      facts: { role },
    })
    expect(map({ messages: [{ role, content: 'Hi' }] }, 'messages')).toMatchObject({
      field: 'messages.0.role',
      code: 'unknown-role',
      facts: { role },
    })
  })

  test('a blank of such a name stays a blank', () => {
    const row = { instruction: 'Who?', output: 'I am {{constructor}}.' }
    expect(map(row, 'alpaca', { name: 'Juniper' })).toMatchObject({ code: 'placeholder', facts: { name: 'constructor', blank: '{{constructor}}' } })
  })
})

test('a wrong kind of value is told with what was expected and what was found', () => {
  expect(map({ instruction: 7 }, 'alpaca')).toEqual({ field: 'instruction', code: 'wrong-type', facts: { expected: 'text', found: 'number' } })
  expect(map([1], 'alpaca')).toMatchObject({ field: '', facts: { expected: 'object', found: 'list' } })
  expect(map({ instruction: 'x', history: [['only one']] }, 'alpaca')).toMatchObject({
    field: 'history.0',
    facts: { expected: 'pair', found: 'list' },
  })
})

test('a fault quotes no more than the beginning of a word', () => {
  const fault = map({ messages: [{ role: 'r'.repeat(1_000_000), content: 'x' }] }, 'messages')
  expect(fault).toMatchObject({ code: 'unknown-role', facts: { role: 'r'.repeat(80) } })
})
