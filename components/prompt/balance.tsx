import { useTranslations } from 'next-intl'

type Counts = { candidates: number; imported: number; duplicates: number; faulty: number }

/** What became of the rows of a file; the parts always add up to the whole. */
export function Balance({ account: { candidates, imported, duplicates, faulty } }: { account: Counts }) {
  return useTranslations('prompts')('sum', { candidates, imported, duplicates, faulty })
}

/** The same where there is little room: what came in, and what did not because it was bad. */
export function ShortBalance({ account: { candidates, imported, faulty } }: { account: Counts }) {
  return useTranslations('prompts')('sumShort', { candidates, imported, faulty })
}
