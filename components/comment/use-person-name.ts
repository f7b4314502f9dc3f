'use client'
import { useTranslations } from 'next-intl'

type Someone = { alias: string; name: string | null; isSelf: boolean }

/** How somebody in a conversation is called here: by name where it may be known, else by what they are in it. */
export function usePersonName() {
  const t = useTranslations('comments')
  return ({ alias, name, isSelf }: Someone, isAuthor = false): string =>
    isSelf ? t('you') : (name ?? (isAuthor ? t('author') : t('reviewer', { letter: alias })))
}
