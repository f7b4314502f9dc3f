import { useTranslations } from 'next-intl'
import type { ConfigValue } from '#lib/domain/training/config.ts'

/** Names a setting and its value as the form does; a setting without a field keeps its path. */
export function useSettingWords() {
  const t = useTranslations('runs')
  const nameOf = (path: string): string => (t.has(`field.${path as 'method'}`) ? t(`field.${path as 'method'}`) : path)
  const wordsFor = (path: string, value: ConfigValue): string => {
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
    if (value === null && path === 'optimisation.maxSteps') return t('noLimit')
    if (value === null) return path.endsWith('.everySteps') ? t('never') : '–'
    return path === 'method' ? t(`methods.${value as 'lora'}`) : String(value)
  }
  return { nameOf, wordsFor }
}
