import { useTranslations } from 'next-intl'
import { FORMATS } from '#lib/domain/import/formats.ts'

/** What an import's format is called; one that broke off early was in none yet. */
export function useFormatName(): (format: string) => string {
  const t = useTranslations('prompts')
  return (format) => {
    const known = FORMATS.find((name) => name === format)
    return known ? t(`formats.${known}`) : t('unknownFormat')
  }
}
