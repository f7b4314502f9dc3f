// Is the text in a language the project is written in? Detection by eld (n-grams, 60 languages).
import { eld } from 'eld/extrasmall'
import { proseOf } from './markup.ts'

/** Shorter texts, and texts that are mostly code or numbers, say nothing. */
const FEWEST_LETTERS = 40

/** Enough to tell a language by, and little enough to look at after every key. */
const LOOKED_AT = 20_000

const withoutMarkup = (text: string): string =>
  proseOf(text.slice(0, LOOKED_AT)).replace(/\bhttps?:\/\/\S+|\$\$[^$]*\$\$|\\\[[^[\]]*\\\]|\\\([^()]*\\\)/g, ' ')

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

/** What the script alone tells. One of its characters is about a word, so fewer suffice than the detector needs. */
function languageOfScript(prose: string, letters: number): string | null {
  const kana = count(prose, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu)
  const han = count(prose, /\p{Script=Han}/gu)
  const hangul = count(prose, /\p{Script=Hangul}/gu)
  if (hangul >= 8 && hangul > letters / 2) return 'ko'
  if (han + kana < 12 || han + kana <= letters / 2) return null
  return kana > (han + kana) / 10 ? 'ja' : 'zh'
}

/** The language a text is surely in (ISO 639-1), or null when it is too short or mixed to tell. */
export function languageOf(text: string): string | null {
  const prose = withoutMarkup(text)
  const letters = count(prose, /\p{L}/gu)
  const byScript = languageOfScript(prose, letters)
  if (byScript || letters < FEWEST_LETTERS) return byScript
  const found = eld.detect(prose)
  return found.isReliable() && found.language ? found.language : null
}
