'use client'
import { Keyboard, Languages, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useLocale, useTranslations } from 'next-intl'
import { useState } from 'react'
import { classNames } from '#components/ui/class-names.ts'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '#components/ui/menu.tsx'
import { commandStore } from '#components/ui/shortcuts.tsx'
import { signOut } from '#lib/client/sign-in.ts'
import { THEMES, type Theme } from '#lib/web/theme.ts'
import { useMe } from './use-me.ts'
import { usePreferences } from './use-preferences.ts'

const THEME_ICONS = { system: <Monitor />, light: <Sun />, dark: <Moon /> } as const satisfies Record<Theme, unknown>

/** The person: settings, theme, language, sign-out. */
export function AccountMenu({ collapsed }: { collapsed: boolean }) {
  const t = useTranslations('nav')
  const me = useMe()
  const router = useRouter()
  const locale = useLocale()
  const { theme, setTheme, setLocale } = usePreferences()
  const [isLeaving, setIsLeaving] = useState(false)
  const leave = async () => {
    setIsLeaving(true)
    await signOut().finally(() => window.location.assign('/sign-in'))
  }
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          disabled={isLeaving}
          aria-label={t('account', { name: me.name || me.email })}
          className={classNames(
            'mt-2 flex h-10 items-center gap-2.5 rounded-md text-left text-ink-2 hover:bg-surface-2 hover:text-ink-1',
            collapsed ? 'w-10 justify-center' : 'px-2.5',
          )}
        >
          <UserRound aria-hidden className="size-4 shrink-0 text-ink-3" />
          {!collapsed && <span className="min-w-0 truncate">{me.name || me.email}</span>}
        </button>
      }
    >
      <MenuLabel>{me.email}</MenuLabel>
      <MenuItem icon={<UserRound />} onSelect={() => router.push('/settings')}>
        {t('accountSettings')}
      </MenuItem>
      <MenuItem
        icon={<Keyboard />}
        keys="?"
        onSelect={() =>
          setTimeout(
            () =>
              commandStore
                .get()
                .find((command) => command.id === 'keys')
                ?.run(),
            0,
          )
        }
      >
        {t('keys')}
      </MenuItem>
      <MenuSeparator />
      {THEMES.map((option) => (
        <MenuItem key={option} icon={THEME_ICONS[option]} checked={theme === option} onSelect={() => setTheme(option)}>
          {t(`theme.${option}`)}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem icon={<Languages />} checked={locale === 'en'} onSelect={() => setLocale('en')}>
        English
      </MenuItem>
      <MenuItem icon={<Languages />} checked={locale === 'zh'} onSelect={() => setLocale('zh')}>
        简体中文
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<LogOut />} onSelect={() => void leave()}>
        {t('signOut')}
      </MenuItem>
    </Menu>
  )
}
