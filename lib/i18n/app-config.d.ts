import type messages from '../../messages/en.json'
import type { Locale } from '../domain/locale.ts'

/** Makes `t('typo')` an error of the compiler. */
declare module 'next-intl' {
  interface AppConfig {
    Locale: Locale
    Messages: typeof messages
  }
}
