// A project's own expressions. They run on RE2, in time linear in the text: an expression that would hang elsewhere cannot.
import { RE2JS } from 're2js'
import { type Hit, MOST_HITS } from './finding.ts'

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
  while (hits.length < MOST_HITS && matcher.find()) if (matcher.end() > matcher.start()) hits.push({ from: matcher.start(), to: matcher.end() })
  return hits
}

let last: { text: string; hay: string; isLower: boolean } | null = null
/** A text in lower case, kept for the next phrase. In a few scripts that changes its length; then it is searched as it stands. */
function lowered(text: string): { hay: string; isLower: boolean } {
  if (last?.text !== text) {
    const lower = text.toLowerCase()
    const isLower = lower.length === text.length
    last = { text, hay: isLower ? lower : text, isLower }
  }
  return last
}

/** Plain words, whatever their case; in scripts with spaces only as whole words. */
export function findPhrase(text: string, phrase: string): Hit[] {
  const wanted = phrase.trim()
  if (wanted === '') return []
  const inside = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}]/u.test(character) && !/\p{Script=Han}/u.test(character)
  const hits: Hit[] = []
  const { hay, isLower } = lowered(text)
  const needle = isLower ? wanted.toLowerCase() : wanted
  for (let at = hay.indexOf(needle); at >= 0 && hits.length < MOST_HITS; at = hay.indexOf(needle, at + needle.length)) {
    const end = at + needle.length
    if (inside(needle[0]) && inside(text[at - 1])) continue
    if (inside(needle.at(-1)) && inside(text[end])) continue
    hits.push({ from: at, to: end })
  }
  return hits
}
