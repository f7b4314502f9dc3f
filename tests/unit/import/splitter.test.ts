import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findJsonFault, rawValueAt } from '#lib/domain/import/json-text.ts'
import type { SplitEvent, SplitFault, SplitRow } from '#lib/domain/import/row-reader.ts'
import { JsonSplitter } from '#lib/domain/import/splitter.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

function split(input: string | Uint8Array, { cuts = [], rowLimit }: { cuts?: number[]; rowLimit?: number } = {}) {
  const bytes = typeof input === 'string' ? bytesOf(input) : input
  const splitter = new JsonSplitter(rowLimit)
  const events: SplitEvent[] = []
  let from = 0
  for (const cut of [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)) {
    events.push(...splitter.push(bytes.subarray(from, cut)))
    from = cut
  }
  events.push(...splitter.push(bytes.subarray(from)), ...splitter.end())
  const rows = events.flatMap((event): SplitRow[] => (event.kind === 'row' ? [event.row] : []))
  const faults = events.flatMap((event): SplitFault[] => (event.kind === 'fault' ? [event.fault] : []))
  return { rows, faults, values: rows.map((row) => row.value), problem: splitter.problem, layout: splitter.layout }
}

const document = fc.array(fc.jsonValue({ maxDepth: 5 }), { maxLength: 12 })
const cuts = fc.array(fc.nat(), { maxLength: 30 })
/** What JSON.parse gives for the same text: -0 becomes 0. */
const parsed = (values: unknown): unknown => JSON.parse(JSON.stringify(values))

describe('whatever the borders of the chunks', { timeout: 60_000 }, () => {
  test('the rows of a list are those JSON.parse gives', () => {
    fc.assert(
      fc.property(document, cuts, fc.constantFrom(undefined, 2, '\t'), (values, at, indent) => {
        const { values: rows, faults } = split(JSON.stringify(values, null, indent), { cuts: at })
        expect(faults).toEqual([])
        expect(rows).toEqual(parsed(values))
      }),
      { numRuns: 300 },
    )
  })

  test('the rows of JSON lines are those JSON.parse gives', () => {
    const objects = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 })), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(objects, cuts, fc.constantFrom('\n', '\r\n', '\n\n'), (values, at, separator) => {
        const { values: rows, faults } = split(values.map((value) => JSON.stringify(value)).join(separator), { cuts: at })
        expect(faults).toEqual([])
        expect(rows).toEqual(values.map(parsed))
      }),
      { numRuns: 300 },
    )
  })

  test('every row is found at the line and column where it stands', () => {
    fc.assert(
      fc.property(document, cuts, fc.constantFrom(undefined, 2), (values, at, indent) => {
        const text = JSON.stringify(values, null, indent)
        const lines = text.split('\n')
        for (const row of split(text, { cuts: at }).rows) {
          const rest = [lines[row.line - 1]?.slice(row.column - 1), ...lines.slice(row.line)].join('\n')
          expect(rest.startsWith(row.text)).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('bytes at random never throw, and rows are numbered without gaps', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('', '[', '{"a":1}\n', '[{"a":"'), cuts, (noise, start, at) => {
        const bytes = new Uint8Array([...bytesOf(start), ...noise])
        const { rows, faults } = split(bytes, { cuts: at })
        const numbers = [...rows, ...faults].map((item) => item.row).sort((a, b) => a - b)
        expect(numbers).toEqual(numbers.map((_, index) => index + 1))
        expect(split(bytes)).toEqual(split(bytes, { cuts: at }))
      }),
      { numRuns: 500 },
    )
  })
})

describe('the first bytes tell what a file is', () => {
  test.each([
    ['Parquet', [0x50, 0x41, 0x52, 0x31, 0, 0, 0, 0]],
    ['zip', [0x50, 0x4b, 3, 4, 0, 0, 0, 0]],
    ['PNG', [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]],
    ['gzip', [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]],
    ['UTF-16', [0xff, 0xfe, 0x5b, 0, 0x7b, 0]],
  ])('%s is named and its cure told, also cut after every byte', (name, bytes) => {
    const { problem } = split(new Uint8Array(bytes), { cuts: [1, 2, 3, 4, 5] })
    expect(problem).toMatchObject({ code: 'unreadable-file' })
    expect(problem?.message).toContain(name)
  })

  test('an empty file and a file of blanks are refused', () => {
    expect(split('').problem?.code).toBe('unreadable-file')
    expect(split(' \n\n').problem?.code).toBe('unreadable-file')
  })

  test('text that is no JSON is refused with what it begins with', () => {
    expect(split('instruction,output\nhi,there').problem).toMatchObject({
      code: 'unknown-format',
      message: expect.stringContaining('instruction,output'),
    })
  })

  test('a byte order mark is passed over', () => {
    expect(split('\uFEFF[{"a":1}]', { cuts: [1, 2] }).values).toEqual([{ a: 1 }])
    expect(split('\uFEFF{"a":1}\n{"a":2}').rows.map(({ line, column }) => [line, column])).toEqual([
      [1, 1],
      [2, 1],
    ])
  })

  test('one object over several lines is one row', () => {
    expect(split('{\n  "a": 1\n}\n').values).toEqual([{ a: 1 }])
  })
})

describe('a bad row', () => {
  test('of a list is told with line and column, and the rows around it are read', () => {
    const { values, faults } = split('[\n {"a": 1},\n {"a": tru},\n {"a": 3}\n]')
    expect(values).toEqual([{ a: 1 }, { a: 3 }])
    expect(faults).toMatchObject([{ row: 2, line: 3, column: 8, code: 'malformed-json' }])
  })

  test('of JSON lines does not touch the next, even with a quote forgotten', () => {
    const { values, faults } = split('{"a": 1}\n{"a": "never ends}\n{"a": 3}')
    expect(values).toEqual([{ a: 1 }, { a: 3 }])
    expect(faults).toMatchObject([{ row: 2, line: 2, column: 7, code: 'malformed-json' }])
  })

  test('of an indented list with a quote forgotten does not swallow the file', () => {
    const { values, faults } = split('[\n{\n"a": "never ends,\n"b": 2\n},\n{"a": 3}\n]')
    expect(values).toEqual([{ a: 3 }])
    expect(faults).toMatchObject([{ row: 1, line: 3, code: 'malformed-json' }])
  })

  test('with a byte that is not UTF-8 is told where', () => {
    const bytes = new Uint8Array([...bytesOf('{"a": 1}\n{"é": "'), 0xff, ...bytesOf('"}\n{"a": 3}')])
    const { values, faults } = split(bytes)
    expect(values).toEqual([{ a: 1 }, { a: 3 }])
    expect(faults).toMatchObject([{ row: 2, line: 2, column: 8, code: 'invalid-utf8' }])
  })

  test('with a NUL byte is told as a control character', () => {
    expect(split('{"a": "x\u0000y"}').faults).toMatchObject([
      { code: 'malformed-json', column: 9, facts: { reason: 'unescaped-control', character: 'U+0000' } },
    ])
  })

  test('of 30 MB is passed over in bounded memory and the next is read', () => {
    const chunk = bytesOf('x'.repeat(64 * 1024))
    const splitter = new JsonSplitter()
    const events = [...splitter.push(bytesOf('{"a":1}\n{"a":"'))]
    for (let sent = 0; sent < 30 * 1024 * 1024; sent += chunk.length) events.push(...splitter.push(chunk))
    events.push(...splitter.push(bytesOf('"}\n{"a":3}\n')), ...splitter.end())
    expect(events).toMatchObject([
      { kind: 'row' },
      { kind: 'fault', fault: { row: 2, line: 2, code: 'row-too-large' } },
      { kind: 'row', row: { value: { a: 3 } } },
    ])
  })

  test.each(['lines', 'array'])('100,000 levels deep is refused (%s) and the next is read', (layout) => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const text = layout === 'lines' ? `${deep}\n{"a":2}` : `[${deep},{"a":2}]`
    const { values, faults } = split(text, { cuts: [50_000] })
    expect(values).toEqual([{ a: 2 }])
    expect(faults).toMatchObject([{ row: 1, code: 'too-deep' }])
  })
})

describe('the structure of a list', () => {
  test('a missing comma is a fault of the row after it', () => {
    expect(split('[{"a":1} {"a":2},{"a":3}]')).toMatchObject({
      values: [{ a: 1 }, { a: 3 }],
      faults: [{ row: 2, code: 'malformed-json', column: 10 }],
    })
  })

  test('stray commas are faults of their own, where they stand', () => {
    expect(split('[{"a":1},,{"a":2},]').faults.map(({ row, column }) => [row, column])).toEqual([
      [2, 10],
      [4, 19],
    ])
  })

  test('brackets that do not match stop the reading; the rows before stand', () => {
    const { values, faults } = split('[{"a":1},{"a":[2},{"a":3}]')
    expect(values).toEqual([{ a: 1 }])
    expect(faults).toMatchObject([{ row: 2, code: 'structure', column: 10 }])
  })

  test('a file that ends inside a row, or before the list is closed, is told', () => {
    expect(split('[{"a":1},{"a":').faults).toMatchObject([{ row: 2, code: 'file-truncated', column: 10 }])
    expect(split('[{"a":1}').faults).toMatchObject([{ row: 2, code: 'file-truncated', column: 9 }])
  })

  test('what follows the list is told', () => {
    expect(split('[{"a":1}]\n{"a":2}').faults).toMatchObject([{ code: 'structure', line: 2 }])
  })
})

describe('JSON as text', { timeout: 60_000 }, () => {
  test('a fault is found exactly where JSON.parse refuses', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '\\', '0', 'x', '\n', ':'), (value, at, noise) => {
        const text = JSON.stringify(value)
        const offset = at % (text.length + 1)
        const broken = text.slice(0, offset) + noise + text.slice(offset + 1)
        let isJson = true
        try {
          JSON.parse(broken)
        } catch {
          isJson = false
        }
        expect(findJsonFault(broken) === null).toBe(isJson)
      }),
      { numRuns: 2000 },
    )
  })

  test('members keep their bytes', () => {
    const text = '{"tools":[{"function":{"parameters": {"x": 1.0, "n": 12345678901234567890}}}]}'
    expect(rawValueAt(text, ['tools', 0, 'function', 'parameters'])).toBe('{"x": 1.0, "n": 12345678901234567890}')
    expect(rawValueAt(text, ['tools', 1])).toBeUndefined()
  })
})
