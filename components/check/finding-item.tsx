'use client'
import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { RuleLink } from '#components/guideline/rule-link.tsx'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import type { Finding } from '#lib/domain/check/finding.ts'
import { OtherConversation } from './other-conversation.tsx'
import { useFindingText } from './use-finding-text.ts'

const LOOK = {
  error: { Icon: CircleAlert, tone: 'text-rejected' },
  warning: { Icon: TriangleAlert, tone: 'text-changes' },
  note: { Icon: Info, tone: 'text-ink-3' },
} as const

function ReasonForm({ onGive }: { onGive: (reason: string) => void }) {
  const t = useTranslations('checks')
  const [reason, setReason] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reason.trim()) onGive(reason.trim())
  }
  return (
    <form onSubmit={submit} className="mt-1.5 flex items-center gap-1.5">
      <Field label={t('reason')} labelHidden className="min-w-0 flex-1">
        <Input placeholder={t('reasonHint')} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      <Button type="submit" size="sm" disabled={!reason.trim()}>
        {t('give')}
      </Button>
    </form>
  )
}

type Props = {
  finding: Finding
  /** Of its message, from 1. */
  position: number
  reason: string | null
  onShow: () => void
  /** Null takes the reason back. */
  onReason: (reason: string | null) => void
}

/** One thing a check found: what, where, which rule; for a warning the reason it stands, or a field for one. */
export function FindingItem({ finding, position, reason, onShow, onReason }: Props) {
  const t = useTranslations('checks')
  const text = useFindingText()
  const { Icon, tone } = LOOK[finding.level]
  const isMet = finding.level === 'warning' && reason !== null
  const isOpen = finding.level === 'error' || (finding.level === 'warning' && reason === null)
  return (
    <li className="flex gap-2 py-2.5" data-open-check={isOpen || undefined}>
      <Icon aria-label={t(`level.${finding.level}`)} role="img" className={`mt-0.5 size-4 shrink-0 ${isMet ? 'text-ink-3' : tone}`} />
      <div className="min-w-0 flex-1">
        <button type="button" onClick={onShow} className="block w-full rounded text-left hover:text-accent">
          <span className="block break-words">{text(finding)}</span>
          {finding.quote && <span className="mt-0.5 line-clamp-2 block break-words text-ink-3 text-sm">“{finding.quote}”</span>}
        </button>
        <p className="mt-0.5 flex flex-wrap items-baseline gap-x-2 text-ink-3 text-xs">
          <span>{t('inMessage', { position })}</span>
          {finding.rule && <RuleLink slug={finding.rule} />}
          {finding.values.conversation && <OtherConversation id={String(finding.values.conversation)} />}
        </p>
        {isMet && (
          <p className="mt-1 flex items-baseline gap-2 text-sm">
            <span className="min-w-0 flex-1 break-words">{t('stands', { reason })}</span>
            <Button size="sm" variant="quiet" onClick={() => onReason(null)}>
              {t('takeBack')}
            </Button>
          </p>
        )}
        {finding.level === 'warning' && reason === null && <ReasonForm onGive={onReason} />}
      </div>
    </li>
  )
}
