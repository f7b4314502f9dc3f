import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { argumentFields, placeOfFault, readArguments, retype, setArgument, shownValue, typedValue } from '#lib/domain/tool-arguments.ts'

const name = fc.oneof(fc.constantFrom('q', 'limit', '城市', 'a"b', ''), fc.string({ maxLength: 6 })).filter((key) => key !== '__proto__')
const space = fc.constantFrom('', ' ', '\n  ', '\t', ' \r\n')
const value = fc.jsonValue({ maxDepth: 2 })
/** A JSON object as people and models write it: any white space, each member's value as its own text. */
const written = fc
  .tuple(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 5 }), fc.array(space, { minLength: 24, maxLength: 24 }))
  .map(([members, spaces]) => {
    let at = 0
    const gap = () => spaces[at++ % spaces.length]
    const body = members.map(([key, each]) => `${gap()}${JSON.stringify(key)}${gap()}:${gap()}${JSON.stringify(each)}${gap()}`).join(',')
    return { text: `${gap()}{${body || gap()}}${gap()}`, members: JSON.parse(JSON.stringify(Object.fromEntries(members))) as Record<string, unknown> }
  })

describe('arguments as a form changes them', () => {
  test('hold what was set, and every other member byte for byte', () => {
    fc.assert(
      fc.property(written, name, value, ({ text, members }, key, given) => {
        const changed = setArgument(text, key, JSON.stringify(given))
        expect(JSON.parse(changed)).toEqual({ ...members, [key]: JSON.parse(JSON.stringify(given)) })
        const kept = (of: string) =>
          readArguments(of)
            ?.filter((member) => member.name !== key)
            .map((member) => [member.name, member.value])
        expect(kept(changed)).toEqual(kept(text))
      }),
    )
  })

  test('lose a member and nothing else', () => {
    fc.assert(
      fc.property(written, fc.nat(), ({ text, members }, which) => {
        const keys = Object.keys(members)
        const key = keys[which % Math.max(1, keys.length)]
        fc.pre(key !== undefined)
        const { [key as string]: _gone, ...rest } = members
        expect(JSON.parse(setArgument(text, key as string, null))).toEqual(rest)
        expect(setArgument(text, 'nobody has this', null)).toBe(text)
      }),
    )
  })

  test.each([
    ['{}', '{"n": 1.0}'],
    ['{ }', '{"n": 1.0}'],
    ['{"a":1}', '{"a":1, "n": 1.0}'],
    ['{"a":1,"b":2}', '{"a":1,"b":2,"n": 1.0}'],
    ['{\n  "a": 1\n}', '{\n  "a": 1,\n  "n": 1.0\n}'],
    ['{"n": 7, "b": 90071992547409930}', '{"n": 1.0, "b": 90071992547409930}'],
    ['{"n": 1, "n": 2}', '{"n": 1, "n": 1.0}'],
    ['[1]', '[1]'],
    ['{"a": }', '{"a": }'],
    [`{"a": ${'['.repeat(500)}${']'.repeat(500)}}`, `{"a": ${'['.repeat(500)}${']'.repeat(500)}}`],
  ])('%j with 1.0 set is %j', (before, after) => expect(setArgument(before, 'n', '1.0')).toBe(after))

  test('a name that stands twice is gone from both places', () => expect(setArgument('{"n": 1, "a": 0, "n": 2}', 'n', null)).toBe('{"a": 0}'))

  test.each([
    ['{"a": 1,\n "b": }', { line: 2, column: 7 }],
    ['['.repeat(500), { line: 1, column: 1 }],
    ['', { line: 1, column: 1 }],
    ['{"a": 1', { line: 1, column: 8 }],
    ['{"a": 1}', null],
  ])('%j is faulty at %j', (text, place) => expect(placeOfFault(text)).toEqual(place))
})

describe('the form of a JSON schema', () => {
  const schema = {
    type: 'object',
    required: ['city', 'days'],
    properties: {
      city: { type: 'string', description: 'Where' },
      days: { type: 'integer' },
      unit: { enum: ['C', 'F', null] },
      exact: { type: ['boolean', 'null'] },
      tags: { type: 'array', title: 'Tags' },
      any: true,
    },
  }

  test('asks for each member by its kind', () => {
    const fields = argumentFields(JSON.stringify(schema))
    expect(fields?.map(({ name: key, kind, isRequired }) => [key, kind, isRequired])).toEqual([
      ['city', 'text', true],
      ['days', 'number', true],
      ['unit', 'choice', false],
      ['exact', 'boolean', false],
      ['tags', 'json', false],
      ['any', 'json', false],
    ])
    expect(fields?.map(({ choices }) => choices)).toEqual([[], [], ['"C"', '"F"', 'null'], ['true', 'false'], [], []])
    expect(fields?.[0]).toMatchObject({ description: 'Where' })
    expect(fields?.[4]).toMatchObject({ title: 'Tags' })
  })

  test.each(['', '{', 'true', '{"type": "object"}', '[]', '{"properties": []}'])('there is none for %j', (text) =>
    expect(argumentFields(text)).toBeNull(),
  )

  test.each([
    ['text', false, '', null],
    ['text', true, '', '""'],
    ['text', false, 'say "hi"\n', '"say \\"hi\\"\\n"'],
    ['number', true, '1.0', '1.0'],
    ['number', true, ' 90071992547409930 ', '90071992547409930'],
    ['number', true, '01', undefined],
    ['number', true, '1,5', undefined],
    ['number', true, '', null],
    ['json', false, '[1, 2', undefined],
    ['json', false, '[1, 2]', '[1, 2]'],
    ['choice', true, 'null', 'null'],
  ] as const)('a field of %s (required: %s) with %j is %j', (kind, isRequired, typed, expected) =>
    expect(typedValue({ kind, isRequired }, typed)).toBe(expected),
  )

  test.each([
    ['text', [], '"a\\nb"', 'a\nb'],
    ['text', [], '7', null],
    ['number', [], '1.0', '1.0'],
    ['number', [], '"1"', null],
    ['boolean', ['true', 'false'], ' true', 'true'],
    ['choice', ['"C"'], '"\\u0043"', '"C"'],
    ['choice', ['"C"'], '"K"', null],
    ['json', [], '{"a":1}', '{"a":1}'],
  ] as const)('a field of %s with choices %j shows %j as %j', (kind, choices, text, shown) =>
    expect(shownValue({ kind, choices: [...choices] }, text)).toBe(shown),
  )
})

test('what is typed where every line break is shown as LF leaves the line breaks one did not touch', () => {
  const piece = fc.constantFrom('a', 'b', '\r\n', '\r', '\n', '茶')
  const pieces = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''))
  const shown = (text: string) => text.replaceAll(/\r\n?/g, '\n')
  fc.assert(
    fc.property(pieces, pieces, fc.constantFrom('', 'x', 'x\ny'), (before, after, inserted) => {
      // Between the two there is no break that one cannot see apart.
      fc.pre(!before.endsWith('\r') || !after.startsWith('\n'))
      const typed = shown(before) + inserted + shown(after)
      expect(shown(retype(before + after, typed))).toBe(typed)
      expect(retype(before + after, shown(before + after))).toBe(before + after)
    }),
  )
  expect(retype('a\r\nb\rc', 'a\nbX\nc')).toBe('a\r\nbX\rc')
})
