import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './globals.css'
import type { Metadata, Viewport } from 'next'
import { cookies, headers } from 'next/headers'
import { connection } from 'next/server'
import { NextIntlClientProvider } from 'next-intl'
import { getLocale } from 'next-intl/server'
import type { ReactNode } from 'react'
import { Providers } from '#components/ui/providers.tsx'
import { findPersonIfPossible } from '#lib/auth/session.ts'
import { asTheme, THEME_COOKIE } from '#lib/web/theme.ts'

export const metadata: Metadata = { title: { default: 'Exemplar', template: '%s · Exemplar' }, robots: { index: false, follow: false } }
export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fdfcfb' },
    { media: '(prefers-color-scheme: dark)', color: '#111215' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  // A page made at build time could not carry this request's nonce, and its scripts would be refused.
  await connection()
  const theme = asTheme((await cookies()).get(THEME_COOKIE)?.value ?? (await findPersonIfPossible())?.theme)
  const nonce = (await headers()).get('x-nonce') ?? ''
  const locale = await getLocale()
  return (
    <html lang={locale === 'zh' ? 'zh-Hans' : locale} data-theme={theme === 'system' ? undefined : theme} suppressHydrationWarning>
      <body>
        <NextIntlClientProvider>
          <Providers nonce={nonce}>{children}</Providers>
        </NextIntlClientProvider>
      </body>
    </html>
  )
}
