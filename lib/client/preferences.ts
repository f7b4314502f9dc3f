import type { Locale } from '#lib/domain/locale.ts'
import { LOCALE_COOKIE } from '#lib/i18n/locale.ts'
import { PROJECT_COOKIE, RAIL_COOKIE } from '#lib/web/frame-cookies.ts'
import { THEME_COOKIE, type Theme } from '#lib/web/theme.ts'

const YEAR_SECONDS = 365 * 24 * 60 * 60

function remember(name: string, value: string) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox; these hold no secret
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}

/** Applies a theme to this page at once and to the next ones by cookie. */
export function applyTheme(theme: Theme) {
  remember(THEME_COOKIE, theme)
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** The next page rendered is in this language; call `router.refresh()` for the present one. */
export const rememberLocale = (locale: Locale) => remember(LOCALE_COOKIE, locale)
export const rememberProject = (slug: string) => remember(PROJECT_COOKIE, slug)
export const rememberRail = (isCollapsed: boolean) => remember(RAIL_COOKIE, isCollapsed ? 'collapsed' : 'open')
