/** Light, dark, or as the system says. */
export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export const THEME_COOKIE = 'exemplar-theme'

export const asTheme = (value: unknown): Theme => (THEMES.includes(value as Theme) ? (value as Theme) : 'system')
