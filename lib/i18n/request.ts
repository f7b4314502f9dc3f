import { cookies, headers } from 'next/headers'
import { getRequestConfig } from 'next-intl/server'
import { findPersonIfPossible } from '#lib/auth/session.ts'
import { isLocale, type Locale } from '#lib/domain/locale.ts'
import { LOCALE_COOKIE, preferredLocale } from './locale.ts'

/** This device's choice, else the account's, else the browser's. */
async function localeOfRequest(): Promise<Locale> {
  const chosen = (await cookies()).get(LOCALE_COOKIE)?.value
  if (isLocale(chosen)) return chosen
  const person = await findPersonIfPossible()
  if (isLocale(person?.locale)) return person.locale
  return preferredLocale((await headers()).get('accept-language'))
}

export default getRequestConfig(async () => {
  const locale = await localeOfRequest()
  const messages = locale === 'zh' ? (await import('../../messages/zh.json')).default : (await import('../../messages/en.json')).default
  return { locale, messages, timeZone: 'UTC', now: new Date() }
})
