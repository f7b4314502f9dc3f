import { useTranslations } from 'next-intl'
import type { api } from '#lib/client/api.ts'

export type Fault = Awaited<ReturnType<typeof api.listImportFaults>>['items'][number]

/** What is wrong with a row and what to do, in the reader's language. */
export function useFaultText(): (fault: Fault) => { message: string; cure: string } {
  const t = useTranslations('importFaults')
  const kinds = useTranslations('importKinds')
  return ({ code, facts, message, cure }) => {
    // Accounts made before there were facts tell in English only.
    if (!facts) return { message, cure }
    const key = facts.reason === undefined ? code : `${code}.${facts.reason}`
    const kindOf = (kind: string | number | undefined) => (kind === undefined ? '' : kinds(kind as 'text'))
    const values = { ...facts, found: kindOf(facts.found), expected: kindOf(facts.expected) }
    const tell = (part: 'message' | 'cure') => t(`${key}.${part}` as 'wrong-type.message', values)
    return { message: tell('message'), cure: tell('cure') }
  }
}
