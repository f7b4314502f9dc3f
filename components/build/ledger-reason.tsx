'use client'
import { useLocale, useTranslations } from 'next-intl'
import { EXCLUSION_REASONS } from '#lib/domain/sft/refusal.ts'

/** Words for a code of the ledger; null for one of a later version. */
function useWords(code: string): { message: string; cure: string } | null {
  const t = useTranslations('builds')
  const known = EXCLUSION_REASONS.find((each) => each === code)
  return known ? { message: t(`reason.${known}.message`), cure: t(`reason.${known}.cure`) } : null
}

const Code = ({ children }: { children: string }) => <code className="text-ink-3 text-xs">{children}</code>

/** Why a conversation is not in a build: what the code means and what to do. `detail`, the engine's own sentence, is in English. */
export function LedgerReason({ code, detail }: { code: string; detail?: string | null }) {
  const locale = useLocale()
  const words = useWords(code)
  return (
    <div className="min-w-0">
      <p>
        {words?.message} <Code>{code}</Code>
      </p>
      {detail && (
        <p className="break-words text-ink-2" lang={locale === 'en' ? undefined : 'en'}>
          {detail}
        </p>
      )}
      {words && <p className="text-ink-2">{words.cure}</p>}
    </div>
  )
}

/** The same in one line, with all of it for whoever points at it. */
export function ShortReason({ code, detail }: { code: string; detail: string | null }) {
  const words = useWords(code)
  return (
    <span className="truncate" title={[words?.message, detail, words?.cure].filter(Boolean).join('\n')}>
      {words?.message} <Code>{code}</Code>
    </span>
  )
}
