// Every text exists in every language, says something, and has the same blanks to fill.
import { readFileSync } from 'node:fs'

type Tree = { [key: string]: string | Tree }
const LOCALES = ['en', 'zh'] as const

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const texts = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const name = prefix ? `${prefix}.${key}` : key
    if (typeof value === 'string') texts.set(name, value)
    else for (const [inner, text] of flatten(value, name)) texts.set(inner, text)
  }
  return texts
}

/** A blank `{name}` or `{name, plural, …}`; a brace after a plural's selector opens a text, not a blank. */
const BLANK = /(?<!(?:=\d+|zero|one|two|few|many|other)\s*)\{\s*(\w+)\s*[,}]/g

/** Names of the blanks of a text, the quoted ones left out. */
const blanksOf = (text: string): string =>
  [...new Set([...text.replaceAll(/'[^']*'/g, '').matchAll(BLANK)].map((match) => match[1]))].sort().join(' ')

const texts = LOCALES.map((locale) => flatten(JSON.parse(readFileSync(new URL(`../messages/${locale}.json`, import.meta.url), 'utf8'))))
const faults: string[] = []
for (const [index, own] of texts.entries()) {
  const other = texts[1 - index] ?? new Map<string, string>()
  for (const [key, text] of own) {
    if (!text.trim()) faults.push(`${LOCALES[index]}: ${key} is empty`)
    const translated = other.get(key)
    if (translated === undefined) faults.push(`${LOCALES[1 - index]}: ${key} is missing`)
    else if (index === 0 && blanksOf(text) !== blanksOf(translated)) faults.push(`${key}: {${blanksOf(text)}} in en, {${blanksOf(translated)}} in zh`)
  }
}
for (const fault of faults) console.error(fault)
process.exit(faults.length > 0 ? 1 : 0)
