// The search of a guideline, the same beside a text, on its page, in the palette and over the API: without zod, as lib/domain/rules.ts.
import type { GuidelineContent, LocalizedText, Rule } from './guideline.ts'
import type { Locale } from './locale.ts'

type Field = { weight: number; text: Record<Locale, string>; folded: Record<Locale, string> }

/** Something a search finds: a rule by its slug, a step of the conflict procedure, a section of the text. */
export type SearchDocument = { kind: 'rule' | 'step' | 'section'; name: string; title: LocalizedText; fields: readonly Field[] }

/** Ranges `[from, to)` of a text, in UTF-16 code units. */
export type Marks = [from: number, to: number][]
export type MarkedText = { text: string; marks: Marks }

const WEIGHT = { slug: 8, title: 6, heading: 5, statement: 3, text: 2, rationale: 1.5, example: 1 }

/** A text as it is compared: without case, accents and widths. Every character folds by itself. */
export const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ς', 'σ')

const field = (weight: number, ...texts: LocalizedText[]): Field => {
  const all = (locale: Locale) => texts.flatMap((text) => text[locale] || []).join('\n')
  const text = { en: all('en'), zh: all('zh') }
  return { weight, text, folded: { en: fold(text.en), zh: fold(text.zh) } }
}

/** A rule as the search sees it. */
export const ruleDocument = (rule: Rule): SearchDocument => ({
  kind: 'rule',
  name: rule.slug,
  title: rule.title,
  fields: [
    field(WEIGHT.slug, { en: rule.slug }),
    field(WEIGHT.title, rule.title),
    field(WEIGHT.statement, rule.statement),
    field(WEIGHT.rationale, rule.rationale),
    field(WEIGHT.example, ...[rule.good, rule.bad, ...(rule.examples ?? [])].flatMap(({ prompt, answer, why }) => [prompt, answer, why])),
  ],
})

/** The sections of a Markdown text by its headings; what stands before the first has no title. Fenced lines are no headings. */
function sectionsOf(markdown: string): { title: string; text: string }[] {
  const sections = [{ title: '', lines: [] as string[] }]
  let fence = ''
  for (const line of markdown.split('\n')) {
    const marks = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? ''
    if (fence ? marks.startsWith(fence) : marks) fence = fence ? '' : marks
    const [, title] = fence ? [] : (/^ {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$/.exec(line) ?? [])
    if (title !== undefined) sections.push({ title, lines: [] })
    else sections.at(-1)?.lines.push(line)
  }
  return sections.map(({ title, lines }) => ({ title, text: lines.join('\n').trim() })).filter(({ title, text }) => title || text)
}

/** Everything of a guideline that a search can find, in the order it reads. */
export function guidelineDocuments({ body, procedure, rules }: Pick<GuidelineContent, 'body' | 'procedure' | 'rules'>): SearchDocument[] {
  const sections = (['en', 'zh'] as const).flatMap((locale) =>
    sectionsOf(body[locale] ?? '').map(
      ({ title, text }): SearchDocument => ({
        kind: 'section',
        name: title,
        title: { [locale]: title },
        fields: [field(WEIGHT.heading, { [locale]: title }), field(WEIGHT.text, { [locale]: text })],
      }),
    ),
  )
  const steps = procedure.map(
    ({ id, text }): SearchDocument => ({
      kind: 'step',
      name: id,
      title: {},
      fields: [field(WEIGHT.slug, { en: id }), field(WEIGHT.statement, text)],
    }),
  )
  return [...sections, ...steps, ...rules.map(ruleDocument)]
}

/** What must occur; words of Chinese, which are not set apart, are sought by pairs of characters, together if they stand so. */
type Term = { parts: string[]; whole: string; isHan: boolean }

export function termsOf(search: string): Term[] {
  return [...fold(search).matchAll(/\p{Script=Han}+|[^\p{Script=Han}\s]+/gu)].flatMap(([run]): Term[] => {
    if (!/\p{Script=Han}/u.test(run)) {
      const word = run.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '') || run
      return [{ parts: [word], whole: word, isHan: false }]
    }
    const characters = [...run]
    const pairs = characters.slice(1).map((character, index) => (characters[index] ?? '') + character)
    return [{ parts: pairs.length > 0 ? pairs : characters, whole: run, isHan: true }]
  })
}

/** What an occurrence within a word counts for. */
const INSIDE = 0.6

const isWordStart = (text: string, at: number) => at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '')

/** How much an occurrence counts: the start of a word more than its inside. 0: none. */
function worthIn({ folded, weight }: Field, part: string, isHan: boolean): number {
  let worth = 0
  for (const text of [folded.en, folded.zh]) {
    for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
      if (isHan || isWordStart(text, at)) return weight
      worth = weight * INSIDE
    }
  }
  return worth
}

function termScore({ fields }: SearchDocument, { parts, whole, isHan }: Term): number {
  let sum = 0
  for (const part of parts) {
    let best = 0
    for (const each of fields) if (each.weight > best) best = Math.max(best, worthIn(each, part, isHan))
    if (best === 0) return 0
    sum += best
  }
  if (parts.length === 1) return sum
  // Characters that stand together mean what was asked; apart they may mean anything.
  return sum / parts.length + Math.max(0, ...fields.map((each) => worthIn(each, whole, isHan)))
}

export type Found = { document: SearchDocument; score: number }

/** The documents that hold every word of a search, best first, else in their own order; without words all of them. */
export function searchDocuments(documents: readonly SearchDocument[], search: string): Found[] {
  const terms = termsOf(search)
  const found: Found[] = []
  for (const document of documents) {
    let score = 0
    for (const term of terms) {
      const worth = termScore(document, term)
      score = worth === 0 ? Number.NaN : score + worth
      if (worth === 0) break
    }
    if (!Number.isNaN(score)) found.push({ document, score })
  }
  return found.sort((a, b) => b.score - a.score)
}

/** Where the words of a search stand in a text, merged where they touch. */
export function marksIn(text: string, search: string): Marks {
  let folded = ''
  const offsets: number[] = []
  let at = 0
  for (const character of text) {
    const part = character < '\u0080' ? character.toLowerCase() : fold(character)
    folded += part
    for (let unit = 0; unit < part.length; unit++) offsets.push(at)
    at += character.length
  }
  offsets.push(text.length)
  const marks: Marks = []
  for (const part of termsOf(search).flatMap(({ parts }) => parts)) {
    for (let from = folded.indexOf(part); from >= 0; from = folded.indexOf(part, from + part.length)) {
      const start = offsets[from] ?? 0
      const last = offsets[from + part.length - 1] ?? start
      marks.push([start, last + String.fromCodePoint(text.codePointAt(last) ?? 0).length])
    }
  }
  marks.sort(([a], [b]) => a - b)
  return marks.reduce<Marks>((merged, [from, to]) => {
    const before = merged.at(-1)
    if (before && from <= before[1]) before[1] = Math.max(before[1], to)
    else merged.push([from, to])
    return merged
  }, [])
}

const EXCERPT = 200
const BEFORE = 60

/** The piece of a text around the first words that were sought. */
function pieceOf(text: string, search: string): MarkedText {
  const [first] = marksIn(text, search)
  const wanted = Math.max(0, (first?.[0] ?? 0) - BEFORE)
  const from = wanted === 0 ? 0 : wanted + Math.max(0, text.slice(wanted, wanted + BEFORE / 2).search(/\s/) + 1)
  const end = from + EXCERPT
  const piece = `${from > 0 ? '…' : ''}${text.slice(from, end).toWellFormed()}${end < text.length ? '…' : ''}`.replace(/\s+/g, ' ')
  return { text: piece, marks: marksIn(piece, search) }
}

/** The words around what was found, from the field that says most of it, in the reader's language where it stands there. */
export function excerptOf({ fields }: SearchDocument, search: string, locale: Locale): MarkedText {
  const parts = termsOf(search).flatMap((term) => term.parts)
  const texts = fields.filter(({ weight }) => weight < WEIGHT.heading)
  const choices = ([locale, locale === 'en' ? 'zh' : 'en'] as const).flatMap((each) =>
    texts.map(({ text, folded }) => ({ text: text[each], hits: parts.filter((part) => folded[each].includes(part)).length })),
  )
  const best = choices.filter(({ text }) => text).reduce((most, choice) => (choice.hits > most.hits ? choice : most), { text: '', hits: -1 })
  return pieceOf(best.text, search)
}
