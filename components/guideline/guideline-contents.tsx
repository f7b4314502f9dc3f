'use client'
import { useLocale, useTranslations } from 'next-intl'
import { useState } from 'react'
import { Input } from '#components/ui/input.tsx'
import type { Rule } from '#lib/domain/guideline.ts'
import { localized, ruleScore } from '#lib/domain/rules.ts'

/** The list of rules beside the text; typing narrows it. */
export function GuidelineContents({ rules }: { rules: readonly Rule[] }) {
  const t = useTranslations('guideline')
  const locale = useLocale()
  const [search, setSearch] = useState('')
  const found = rules.filter((rule) => ruleScore(rule, search) > 0)
  return (
    <nav aria-label={t('contents')} className="text-sm lg:sticky lg:top-6 lg:max-h-[calc(100dvh-3rem)] lg:self-start lg:overflow-y-auto lg:pr-2">
      <Input
        id="guideline-search"
        type="search"
        aria-label={t('searchRules')}
        placeholder={t('searchRules')}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      {found.length === 0 && <p className="py-3 text-ink-3">{t('noRuleFound')}</p>}
      <ol className="mt-3 space-y-0.5 max-lg:max-h-56 max-lg:overflow-y-auto">
        {found.map((rule) => (
          <li key={rule.slug}>
            <a href={`#${rule.slug}`} className="block rounded px-2 py-1 text-ink-2 hover:bg-surface-1 hover:text-ink-1">
              {localized(rule.title, locale)}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}
