import { publicAddress } from '#lib/env.ts'

/** Cookies are marked secure when people reach this instance over https. */
export const usesSecureCookies = publicAddress.startsWith('https://')

export const SESSION_COOKIE = `${usesSecureCookies ? '__Secure-' : ''}next-auth.session-token`

/** A sign-in lasts this long; after that people sign in again. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60

function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value)
  } catch {
    return null
  }
}

/** The value of one cookie of a Cookie header; null where it is absent or not well-formed. */
export function cookieValue(header: string | null, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return decoded(part.slice(at + 1).trim())
  }
  return null
}
