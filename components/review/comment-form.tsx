'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { RuleSearch } from '#components/guideline/rule-search.tsx'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Select, Textarea } from '#components/ui/input.tsx'
import { Severity } from '#lib/domain/review.ts'

export type DraftComment = { body: string; severity: Severity; rule?: string; suggestion?: string }

/** A remark on the selected passage, the message, or the whole: the rule, how grave it is, what to write instead. */
export function CommentForm({ passage, onAdd, onCancel }: { passage: string; onAdd: (comment: DraftComment) => void; onCancel: () => void }) {
  const t = useTranslations('review')
  const [body, setBody] = useState('')
  const [severity, setSeverity] = useState<Severity>('major')
  const [rule, setRule] = useState('')
  const [suggestion, setSuggestion] = useState('')
  const add = () => onAdd({ body, severity, ...(rule ? { rule } : {}), ...(suggestion ? { suggestion } : {}) })
  return (
    <form
      aria-label={t('comment')}
      className="space-y-3 rounded-md border p-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (body.trim()) add()
      }}
      onKeyDown={(event) => event.key === 'Escape' && onCancel()}
    >
      {passage && <blockquote className="max-h-24 overflow-auto border-l-2 pl-2 text-ink-2 text-sm">{passage}</blockquote>}
      <Field label={t('commentBody')} required>
        <Textarea value={body} autoFocus onChange={(event) => setBody(event.target.value)} />
      </Field>
      <div>
        <p className="mb-1 font-medium text-sm">{t('rule')}</p>
        {rule ? (
          <p className="flex items-center gap-2">
            <span className="font-mono text-sm">{rule}</span>
            <Button size="sm" variant="quiet" onClick={() => setRule('')}>
              {t('otherRule')}
            </Button>
          </p>
        ) : (
          <div className="max-h-56 overflow-y-auto">
            <RuleSearch onPick={(picked) => setRule(picked.slug)} />
          </div>
        )}
      </div>
      <Field label={t('severityLabel')}>
        <Select value={severity} onChange={(event) => setSeverity(Severity.parse(event.target.value))}>
          {Severity.options.map((option) => (
            <option key={option} value={option}>
              {t(`severity.${option}`)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t('suggestion')}>
        <Textarea value={suggestion} onChange={(event) => setSuggestion(event.target.value)} />
      </Field>
      <div className="flex justify-end gap-2">
        <Button variant="quiet" onClick={onCancel}>
          {t('cancel')}
        </Button>
        <Button type="submit" variant="primary" disabled={!body.trim()}>
          {t('addComment')}
        </Button>
      </div>
    </form>
  )
}
