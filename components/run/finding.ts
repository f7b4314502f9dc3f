'use client'
import { useTranslations } from 'next-intl'
import type { Facts, FindingGroup } from '#lib/domain/training/finding.ts'

type Translate = { (key: string, values: Facts): string; has(key: string): boolean }

/** Words for what training found, in the reader's language; `cure` is empty where there is nothing to do. */
export function useFinding(group: FindingGroup): (finding: { code: string; facts?: Facts }) => { message: string; cure: string } {
  // The keys come from a closed list that a test compares with both languages.
  const t = useTranslations(`runs.finding.${group}`) as unknown as Translate
  return ({ code, facts = {} }) => ({ message: t(`${code}.message`, facts), cure: t.has(`${code}.cure`) ? t(`${code}.cure`, facts) : '' })
}
