// Pages get their texts compiled (next.config.ts), scripts and logs as they are: both must say the same.
import { readFileSync } from 'node:fs'
import compile from 'icu-minify/compile'
import format from 'icu-minify/format'
import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, test } from 'vitest'

type Texts = { [name: string]: string | Texts }

const flatten = (texts: Texts, path = ''): [string, string][] =>
  Object.entries(texts).flatMap(([name, text]) => (typeof text === 'string' ? [[`${path}${name}`, text]] : flatten(text, `${path}${name}.`)))

/** The formatter's caches, as the pages' formatter has them. */
const formatters = {
  getNumberFormat: (...given: ConstructorParameters<typeof Intl.NumberFormat>) => new Intl.NumberFormat(...given),
  getDateTimeFormat: (...given: ConstructorParameters<typeof Intl.DateTimeFormat>) => new Intl.DateTimeFormat(...given),
  getPluralRules: (...given: ConstructorParameters<typeof Intl.PluralRules>) => new Intl.PluralRules(...given),
}

type Node = ReturnType<IntlMessageFormat['getAst']>[number]
const TYPES = { select: 5, tag: 8 }

/** What a text asks for: the blanks with the values that make it say each of its forms. */
function blanksOf(nodes: readonly Node[]): Map<string, unknown[]> {
  const blanks = new Map<string, unknown[]>()
  const visit = (node: Node) => {
    if (!('value' in node)) return
    if ('options' in node) {
      const forms = Object.keys(node.options)
      blanks.set(node.value, node.type === TYPES.select ? forms : [0, 1, 2, 1234.5])
      for (const { value } of Object.values(node.options)) value.forEach(visit)
    } else if (node.type === TYPES.tag && 'children' in node) {
      blanks.set(node.value, [(parts: unknown[]) => parts.join('')])
      node.children.forEach(visit)
    } else if (node.type !== 0) blanks.set(node.value, [1234.5678, 0])
  }
  nodes.forEach(visit)
  return blanks
}

describe.each(['en', 'zh'])('in %s', (locale) => {
  const texts = flatten(JSON.parse(readFileSync(`messages/${locale}.json`, 'utf8')))

  test('a text says compiled what it says as it stands', () => {
    for (const [path, text] of texts) {
      const plain = new IntlMessageFormat(text, locale)
      const blanks = [...blanksOf(plain.getAst())]
      const most = Math.max(1, ...blanks.map(([, values]) => values.length))
      for (let turn = 0; turn < most; turn++) {
        const values = Object.fromEntries(blanks.map(([name, given]) => [name, given[turn % given.length]]))
        const said = format(compile(text), locale, values as never, { formatters } as never)
        expect([said].flat().join(''), `${path} with ${JSON.stringify(values)}`).toBe([plain.format(values as never)].flat().join(''))
      }
    }
    expect(texts.length).toBeGreaterThan(1000)
  })
})
