import { useLocale } from 'next-intl'

/** Names a language by its tag, in the reader's language as far as it has a name. */
export function useLanguageName(): (tag: string) => string {
  const locale = useLocale()
  return (tag) => {
    try {
      return new Intl.DisplayNames([locale], { type: 'language' }).of(tag) ?? tag
    } catch {
      return tag
    }
  }
}
