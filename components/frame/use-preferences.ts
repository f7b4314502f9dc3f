'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { query } from '#lib/client/api.ts'
import { applyTheme, rememberLocale } from '#lib/client/preferences.ts'
import type { Locale } from '#lib/domain/locale.ts'
import { asTheme, type Theme } from '#lib/web/theme.ts'
import { useMe } from './use-me.ts'

/** Theme and language: at once on this device, and kept with the account for the next one. */
export function usePreferences() {
  const me = useMe()
  const router = useRouter()
  const client = useQueryClient()
  const update = useMutation(query.updateMe.mutationOptions({ onSettled: () => client.invalidateQueries({ queryKey: query.getMe.key() }) }))
  return {
    theme: asTheme(update.variables?.theme ?? me.theme),
    setTheme: (theme: Theme) => {
      applyTheme(theme)
      update.mutate({ theme })
    },
    setLocale: (locale: Locale) => {
      rememberLocale(locale)
      update.mutate({ locale })
      router.refresh()
    },
  }
}
