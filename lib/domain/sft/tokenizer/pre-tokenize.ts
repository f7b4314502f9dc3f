import { type Step, stepsOf, type TokenizerJson } from './tokenizer-json.ts'

/** This tokenizer needs the reference implementation: the browser engine covers byte-level BPE only. */
export class UnsupportedTokenizerError extends Error {
  override name = 'UnsupportedTokenizerError'
}

/** Unicode White_Space, which Rust and Oniguruma call `\s`; JavaScript's has U+FEFF and lacks U+0085. */
export const WHITE_SPACE = '\\t-\\r\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

const CLASSES: Record<string, { inside: string | null; outside: string }> = {
  s: { inside: WHITE_SPACE, outside: `[${WHITE_SPACE}]` },
  S: { inside: null, outside: `[^${WHITE_SPACE}]` },
  d: { inside: '\\p{Nd}', outside: '\\p{Nd}' },
  w: { inside: '\\p{L}\\p{M}\\p{N}\\p{Pc}', outside: '[\\p{L}\\p{M}\\p{N}\\p{Pc}]' },
}

/** Rewrites an Oniguruma pattern of a tokenizer.json for JavaScript. Throws UnsupportedTokenizerError where it cannot. */
export function translatePattern(pattern: string): RegExp {
  let out = ''
  let inClass = false
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string
    if (char === '\\') {
      const escaped = pattern[++i] ?? ''
      const known = CLASSES[escaped]
      if (known) {
        const text = inClass ? known.inside : known.outside
        if (text === null) throw new UnsupportedTokenizerError(`the pattern uses \\${escaped} inside a class`)
        out += text
      } else if (/[pPrntfvux0-9^$\\.*+?()[\]{}|/-]/.test(escaped)) out += char + escaped
      else if (/[A-Za-z]/.test(escaped)) throw new UnsupportedTokenizerError(`the pattern uses \\${escaped}`)
      else out += escaped
      continue
    }
    if (char === '[') {
      if (inClass) throw new UnsupportedTokenizerError('the pattern nests character classes')
      inClass = true
    } else if (char === ']') inClass = false
    else if (inClass && char === '&' && pattern[i + 1] === '&') throw new UnsupportedTokenizerError('the pattern intersects character classes')
    out += char
  }
  try {
    return new RegExp(out, 'gu')
  } catch (error) {
    throw new UnsupportedTokenizerError(`the pattern cannot run here: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Splits a text into pieces, given as ends in UTF-16 units; [start, end) of each piece is flat in the result. */
export type Splitter = (text: string) => number[]

const GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

function isolate(pattern: RegExp, keepRest: boolean): Splitter {
  return (text) => {
    const pieces: number[] = []
    let at = 0
    for (const match of text.matchAll(pattern)) {
      if (match[0] === '') continue
      if (keepRest && match.index > at) pieces.push(at, match.index)
      at = match.index + match[0].length
      pieces.push(match.index, at)
    }
    if (keepRest && at < text.length) pieces.push(at, text.length)
    return pieces
  }
}

const escaping = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

function splitterOf(step: Step): Splitter | null {
  if (step.type === 'ByteLevel') {
    if (step.add_prefix_space === true) throw new UnsupportedTokenizerError('the tokenizer puts a space before words')
    return step.use_regex === false ? null : isolate(translatePattern(GPT2), true)
  }
  if (step.type === 'Digits') return isolate(step.individual_digits === true ? /\p{N}/gu : /\p{N}+/gu, true)
  if (step.type === 'Split') {
    const pattern = step.pattern as { Regex?: string; String?: string } | undefined
    const source = pattern?.Regex ?? (pattern?.String === undefined ? undefined : escaping(pattern.String))
    if (source === undefined) throw new UnsupportedTokenizerError('a Split without a pattern')
    if (step.behavior === 'Isolated' && step.invert !== true) return isolate(translatePattern(source), true)
    if (step.behavior === 'Removed' && step.invert === true) return isolate(translatePattern(source), false)
  }
  throw new UnsupportedTokenizerError(`the pre-tokenizer ${step.type} is not supported in the browser`)
}

/** The pre-tokenizer of a byte-level tokenizer. Throws UnsupportedTokenizerError for any other kind. */
export function createSplitter(json: TokenizerJson): Splitter {
  const steps = stepsOf(json.pre_tokenizer)
  if (!steps.some((step) => step.type === 'ByteLevel')) throw new UnsupportedTokenizerError('the tokenizer is not byte-level')
  const splitters = steps.map(splitterOf).filter((splitter) => splitter !== null)
  return (text) => {
    let pieces = [0, text.length]
    for (const split of splitters) {
      const finer: number[] = []
      for (let i = 0; i < pieces.length; i += 2) {
        const start = pieces[i] as number
        for (const offset of split(text.slice(start, pieces[i + 1]))) finer.push(start + offset)
      }
      pieces = finer
    }
    return pieces
  }
}
