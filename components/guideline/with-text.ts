import type { LocalizedText } from '#lib/domain/guideline.ts'
import type { Locale } from '#lib/domain/locale.ts'

/** Replaces one language of a text; an emptied one is dropped. */
export function withText(text: LocalizedText, language: Locale, value: string): LocalizedText {
  const { [language]: _old, ...rest } = text
  return value === '' ? rest : { ...rest, [language]: value }
}
