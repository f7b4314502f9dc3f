import { isLocale, type Locale } from '#lib/domain/locale.ts'

export const LOCALE_COOKIE = 'exemplar-locale'

/** The first language of an Accept-Language header that the interface speaks; English when there is none. */
export function preferredLocale(acceptLanguage: string | null): Locale {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const quality = Number(
        parameters
          .find((parameter) => parameter.trim().startsWith('q='))
          ?.trim()
          .slice(2) ?? 1,
      )
      return { language: tag.toLowerCase().split('-')[0] ?? '', quality: Number.isFinite(quality) ? quality : 0 }
    })
    .sort((a, b) => b.quality - a.quality)
  for (const { language, quality } of wanted) if (quality > 0 && isLocale(language)) return language
  return 'en'
}
