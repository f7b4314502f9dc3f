// Personal data: the shapes are ours, what makes a number valid (Luhn, IBAN, ids of countries, dialling plans) is a library's.
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import validator from 'validator'
import { type Hit, hitsOf } from './finding.ts'

/** RFC 2606 and 6761: names that reach nobody. */
const NOBODYS = /(?:^|[.@])(?:example\.(?:com|net|org)|example|test|invalid|localhost)$/i

const EMAIL = /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}-])/gu

export const findEmails = (text: string): Hit[] => (text.includes('@') ? hitsOf(text, EMAIL, ([found]) => (NOBODYS.test(found) ? null : {})) : [])

/** The country whose numbers people write without a prefix. */
const COUNTRY_OF: Record<string, CountryCode> = { zh: 'CN', en: 'US', de: 'DE', fr: 'FR', es: 'ES', it: 'IT', ja: 'JP', ko: 'KR', pt: 'BR', ru: 'RU' }

/** 555-0100 to 555-0199 are kept for fiction in North America. */
const FICTION = /^\+1\d{3}55501\d{2}$/
/** A date, or one digit over and over. */
const NO_PHONE = /\b(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?\b|(\d)(?:\D?\1){6}/
/** Seven to fifteen digits as people write them, and no piece of an id, a path or a name of a file. */
const LIKE_PHONE = /(?<![\p{L}\p{N}_/.#=+-])(?:\+|\()?\d(?:[ ().-]{0,3}\d){6,14}(?![\p{N}_/=]|[.-]?\p{L}|[.-]\p{N})/gu

export function findPhones(text: string, language: string): Hit[] {
  const defaultCountry = COUNTRY_OF[language.slice(0, 2)]
  return hitsOf(text, LIKE_PHONE, ([found]) => {
    if (NO_PHONE.test(found)) return null
    const number = parsePhoneNumberFromString(found, { ...(defaultCountry && { defaultCountry }), extract: false })
    return number?.isValid() && !FICTION.test(number.number) ? {} : null
  })
}

/** Numbers that card companies publish for tests. */
const TEST_CARDS =
  /^(?:4111111111111111|4242424242424242|4012888888881881|5555555555554444|5105105105105100|378282246310005|371449635398431|6011111111111117)$/
const CARD = /(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.]*\d)/g

export const findCards = (text: string): Hit[] =>
  hitsOf(text, CARD, ([found]) => {
    const digits = found.replace(/[ -]/g, '')
    return validator.isCreditCard(digits) && !TEST_CARDS.test(digits) ? {} : null
  })

type IdShape = { country: string; pattern: RegExp; isValid: (found: string) => boolean }

const compact = (found: string) => found.replace(/[ -]/g, '').toUpperCase()

/** Shapes that are rare in ordinary text; where a country adds a check digit, it must be right. */
const IDS: readonly IdShape[] = [
  {
    country: 'CN',
    pattern: /(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])/g,
    isValid: (found) => validator.isIdentityCard(found.toUpperCase(), 'zh-CN'),
  },
  { country: 'TW', pattern: /(?<![\dA-Za-z])[A-Z][12]\d{8}(?![\dA-Za-z])/g, isValid: (found) => validator.isIdentityCard(found, 'zh-TW') },
  {
    country: 'ES',
    pattern: /(?<![\dA-Za-z])(?:\d{8}|[XYZ]\d{7})-?[A-Z](?![\dA-Za-z])/g,
    isValid: (found) => validator.isIdentityCard(compact(found), 'ES'),
  },
  { country: 'US', pattern: /(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g, isValid: (found) => found !== '078-05-1120' },
  { country: 'GB', pattern: /(?<![\dA-Za-z])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![\dA-Za-z])/g, isValid: () => true },
  {
    country: 'IBAN',
    pattern: /(?<![\dA-Za-z])[A-Z]{2}\d{2}(?: ?[\dA-Z]{4}){2,7}(?: ?[\dA-Z]{1,4})?(?![\dA-Za-z])/g,
    isValid: (found) => validator.isIBAN(compact(found)),
  },
]

export const findNationalIds = (text: string): Hit[] =>
  IDS.flatMap(({ country, pattern, isValid }) => hitsOf(text, pattern, ([found]) => (isValid(found) ? { country } : null)))
