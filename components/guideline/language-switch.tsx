'use client'
import { useTranslations } from 'next-intl'
import { LOCALES, type Locale } from '#lib/domain/locale.ts'
import { LANGUAGE_NAMES } from './export-menu.tsx'

/** Which language's texts are edited. */
export function LanguageSwitch({ language, onChange }: { language: Locale; onChange: (language: Locale) => void }) {
  const t = useTranslations('guideline')
  return (
    <fieldset aria-label={t('textLanguage')} className="flex rounded-md border p-0.5">
      {LOCALES.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={language === each}
          onClick={() => onChange(each)}
          className={`rounded px-2.5 py-1 text-sm ${language === each ? 'bg-surface-2 font-medium' : 'text-ink-3'}`}
        >
          {LANGUAGE_NAMES[each]}
        </button>
      ))}
    </fieldset>
  )
}
