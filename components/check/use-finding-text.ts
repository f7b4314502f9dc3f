'use client'
import { useTranslations } from 'next-intl'
import { type Finding, PATTERN_PREFIX } from '#lib/domain/check/finding.ts'
import type { CheckId } from '#lib/domain/check/table.ts'

/** What a check says: the project's own words where it has some, else those of the table. */
export function useFindingText(): (finding: Pick<Finding, 'check' | 'values' | 'message'>) => string {
  const t = useTranslations('checks')
  return ({ check, values, message }) => {
    if (message) return message
    if (check.startsWith(PATTERN_PREFIX)) return t('found.pattern', { id: check.slice(PATTERN_PREFIX.length) })
    // Each check gives the values its words name; tests/unit/check holds the table against the texts.
    return t(`found.${check as CheckId | 'phrase'}`, values as never)
  }
}
