'use client'
import { useTranslations } from 'next-intl'
import { type ComponentProps, useState } from 'react'
import { Badge } from '#components/ui/state-pill.tsx'
import { localized } from '#lib/domain/rules.ts'
import { RuleForm } from './rule-form.tsx'

/** One rule of the draft: a line that unfolds into its fields, which exist only while it is open: a long guideline has thousands. */
export function RuleEditor(props: ComponentProps<typeof RuleForm>) {
  const { rule, language, faults, lapsed } = props
  const t = useTranslations('guideline')
  const [isOpen, setIsOpen] = useState(false)
  const hasLapsed = rule.examples.some(({ conversationId }) => conversationId && lapsed.includes(conversationId))
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="flex cursor-pointer items-baseline gap-3 py-2">
        <span className="min-w-0 flex-1 truncate">{localized(rule.title, language) || rule.slug}</span>
        {faults.length > 0 && <Badge tone="rejected">{t('notTaken')}</Badge>}
        {hasLapsed && <Badge tone="changes">{t('exampleLapsed')}</Badge>}
        <span className="min-w-0 truncate font-mono text-ink-3 text-xs">{rule.slug}</span>
      </summary>
      {isOpen && <RuleForm {...props} />}
    </details>
  )
}
