import { describe, expect, test } from 'vitest'
import { placeOfField } from '#lib/domain/import/field-place.ts'
import type { ImportFormat } from '#lib/domain/import/formats.ts'

/** What stands at the place of a field, or null where it has no column. */
function shown(text: string, field: string, format: ImportFormat, start = { line: 1, column: 1 }): string | null {
  const { line, column } = placeOfField({ ...start, text }, field, format)
  if (column === null) return null
  const lines = text.split('\n')
  const isFirst = line === start.line
  return lines[line - start.line]?.slice(isFirst ? column - start.column : column - 1) ?? null
}

describe('the place of a field', () => {
  test.each<[string, ImportFormat, unknown, string, string]>([
    ['a value', 'alpaca', { instruction: 7 }, 'instruction', '7}'],
    ['a turn', 'messages', { messages: [{ role: 'user', content: 'a' }, 5] }, 'messages.1', '5]}'],
    ['a part of a turn', 'messages', { messages: [{ role: 'robot', content: 'a' }] }, 'messages.0.role', '"robot","content":"a"}]}'],
    [
      'a name the file spells otherwise',
      'sharegpt',
      { conversation: [{ role: 'alien', content: 'a' }] },
      'conversations.0.from',
      '"alien","content":"a"}]}',
    ],
    [
      'a wrapped call',
      'messages',
      { messages: [{ tool_calls: [{ function: { arguments: '[' } }] }] },
      'messages.0.tool_calls.0.arguments',
      '"["}}]}]}',
    ],
    ['the external id', 'prompt', { prompt: 'a', id: 'long' }, 'externalId', '"long"}'],
    ['the whole row', 'prompt', { prompt: 'a' }, '', '{"prompt":"a"}'],
  ])('%s', (_name, format, row, field, rest) => {
    expect(shown(JSON.stringify(row), field, format)).toBe(rest)
    expect(shown(JSON.stringify(row), field, format, { line: 4, column: 9 })).toBe(rest)
  })

  test('is on its own line in a row of many, with text beyond ASCII before it', () => {
    const text = JSON.stringify({ id: '提示 😀', prompt: 1 }, null, 2)
    expect(placeOfField({ line: 3, column: 5, text }, 'prompt', 'prompt')).toEqual({ line: 5, column: 13 })
    expect(shown(text, 'prompt', 'prompt')).toBe('1')
  })

  test.each<[string, ImportFormat, unknown, string]>([
    ['a field that is not there', 'alpaca', { output: 'a' }, 'instruction'],
    ['a turn put together from several fields', 'alpaca', { instruction: 'a', messages: [{ content: 'b' }] }, 'messages.0.content'],
    ['the inside of a text', 'sharegpt', { conversations: [], tools: '[{"name": 3}]' }, 'tools.0.name'],
  ])('%s has a line and no column', (_name, format, row, field) => {
    expect(placeOfField({ line: 2, column: 7, text: JSON.stringify(row) }, field, format)).toEqual({ line: 2, column: null })
  })
})
