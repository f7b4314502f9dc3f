import type { Message } from '../conversation.ts'

const HANGUL = /\p{Script=Hangul}/gu
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu
const HAN = /\p{Script=Han}/gu
/** Words of every other script. */
const OTHER_WORD = /(?:(?![\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}])[\p{L}\p{M}])+/gu

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

/**
 * The language a text is in as far as its script alone decides it: a share of kana is Japanese, Hangul Korean, Han alone Chinese. Null between them, and where other
 * scripts have as many words: a sentence that quotes a foreign word is not in that word's language.
 */
export function scriptLanguageOf(text: string): 'zh' | 'ja' | 'ko' | null {
  const hangul = count(text, HANGUL)
  const kana = count(text, KANA)
  const han = count(text, HAN)
  if (hangul + kana + han <= count(text, OTHER_WORD)) return null
  if (hangul > kana + han) return 'ko'
  // Japanese has a kana to every few characters; a Chinese text may quote a word or a name.
  if (kana === 0 || kana / (kana + han) < 0.1) return 'zh'
  return kana / (kana + han) < 0.25 ? null : 'ja'
}

/** The language of a prompt that names none: that of its questions where their script decides it, else the one given. */
export const promptLanguage = (messages: readonly Pick<Message, 'role' | 'content'>[], otherwise: string): string =>
  scriptLanguageOf(messages.flatMap(({ role, content }) => (role === 'user' ? [content] : [])).join('\n')) ?? otherwise
