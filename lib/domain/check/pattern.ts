// A project's own expressions. They run on RE2, in time linear in the text: an expression that would hang elsewhere cannot.
import { RE2JS } from 're2js'
import type { Hit } from './finding.ts'

/** Finds of one expression in one text; the rest would only be more of the same. */
const MOST = 50

const cache = new Map<string, RE2JS>()

function compile(source: string): RE2JS {
  const known = cache.get(source)
  if (known) return known
  const made = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE | RE2JS.MULTILINE)
  if (cache.size > 500) cache.clear()
  cache.set(source, made)
  return made
}

/** Why an expression cannot be used (no look-around, no back-references in RE2), or null. */
export function patternFault(source: string): string | null {
  try {
    return compile(source).matches('') ? 'it matches the empty text, so it would be found everywhere' : null
  } catch (error) {
    return (error as Error).message
  }
}

/** @throws when the expression is not one; `patternFault` says so before it is kept. */
export function findPattern(text: string, source: string): Hit[] {
  const matcher = compile(source).matcher(text)
  const hits: Hit[] = []
  while (hits.length < MOST && matcher.find()) if (matcher.end() > matcher.start()) hits.push({ from: matcher.start(), to: matcher.end() })
  return hits
}

/** Plain words, whatever their case; in scripts with spaces only as whole words. */
export function findPhrase(text: string, phrase: string): Hit[] {
  const wanted = phrase.trim()
  if (wanted === '') return []
  const inside = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}]/u.test(character) && !/\p{Script=Han}/u.test(character)
  const hits: Hit[] = []
  // Lower case may change the length of a text in a few scripts; then the text is searched as it stands.
  const [lower, sought] = [text.toLowerCase(), wanted.toLowerCase()]
  const [hay, needle] = lower.length === text.length ? [lower, sought] : [text, wanted]
  for (let at = hay.indexOf(needle); at >= 0 && hits.length < MOST; at = hay.indexOf(needle, at + needle.length)) {
    const end = at + needle.length
    if (inside(needle[0]) && inside(text[at - 1])) continue
    if (inside(needle.at(-1)) && inside(text[end])) continue
    hits.push({ from: at, to: end })
  }
  return hits
}
