'use client'
import { useTranslations } from 'next-intl'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { RuleSearch } from '#components/guideline/rule-search.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field } from '#components/ui/field.tsx'
import { Textarea } from '#components/ui/input.tsx'
import type { UnfinishedComment } from '#lib/client/review-drafts.ts'
import type { Applying } from '#lib/domain/rules.ts'
import { SeverityChoice, severityOfKey } from './severity-choice.tsx'
import type { FormNotice } from './use-comment-form.ts'

type Props = {
  /** The words it is about; empty for a whole message or conversation. */
  passage: string
  /** What is judged: rules made for its kind come first. */
  task: Applying
  /** Why the form asks for something; a new object asks again. */
  notice: { kind: FormNotice } | null
  /** Does it take the cursor when it comes? */
  takesFocus: boolean
  value: UnfinishedComment
  onChange: (value: UnfinishedComment) => void
  onAdd: () => void
  /** Puts the form away; what is written in it stays. */
  onClose: () => void
  onDiscard: () => void
}

function RuleChoice({ value, task, onChange, onPicked }: Pick<Props, 'value' | 'task' | 'onChange'> & { onPicked: () => void }) {
  const t = useTranslations('review')
  const pick = (slug: string) => {
    onChange({ ...value, rule: slug })
    onPicked()
  }
  if (value.rule) {
    return (
      <p className="flex items-center gap-2">
        <span className="min-w-0 break-words font-mono text-sm">{value.rule}</span>
        <Button size="sm" variant="quiet" onClick={() => onChange({ ...value, rule: '' })}>
          {t('otherRule')}
        </Button>
      </p>
    )
  }
  return (
    <>
      {!value.gap && (
        <div className="max-h-44 overflow-y-auto">
          <RuleSearch task={task} onPick={(rule) => pick(rule.slug)} />
        </div>
      )}
      <Checkbox
        className="mt-2"
        label={t('gap')}
        hint={t('gapHint')}
        checked={value.gap}
        onChange={(event) => onChange({ ...value, gap: event.target.checked })}
      />
    </>
  )
}

function Notice({ kind }: { kind: FormNotice }) {
  const t = useTranslations('review')
  return (
    <p role="alert" className="border-changes border-l-2 pl-3 text-sm">
      <span className="block font-medium text-changes">{t(kind)}</span>
      {t(`${kind}Hint`)}
    </p>
  )
}

/** A remark on the selected passage, the message, or the whole: the rule, how grave it is, what to write instead. */
export function CommentForm({ passage, task, notice, takesFocus, value, onChange, onAdd, onClose, onDiscard }: Props) {
  const t = useTranslations('review')
  const addButton = useRef<HTMLButtonElement>(null)
  const body = useRef<HTMLTextAreaElement>(null)
  const [isMissing, setIsMissing] = useState(false)
  const isEmpty = value.body.trim() === ''
  const isEdit = value.at !== undefined
  useEffect(() => {
    if (notice || takesFocus) body.current?.focus()
  }, [notice, takesFocus])
  // The button is never dead: where the words are missing it asks for them.
  const tryAdd = () => {
    setIsMissing(isEmpty)
    if (isEmpty) body.current?.focus()
    else onAdd()
  }
  const handleKeyDown = (event: KeyboardEvent) => {
    // Escape and Enter belong to an input method while it composes.
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') onClose()
    const severity = severityOfKey(event)
    if (severity) {
      event.preventDefault()
      onChange({ ...value, severity })
    }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      tryAdd()
    }
  }
  return (
    <form
      aria-label={t(isEdit ? 'editComment' : 'comment')}
      className="space-y-3 rounded-md border p-3"
      onSubmit={(event) => {
        event.preventDefault()
        tryAdd()
      }}
      onKeyDown={handleKeyDown}
    >
      {notice && <Notice kind={notice.kind} />}
      {passage && <blockquote className="max-h-24 overflow-auto border-l-2 pl-2 text-ink-2 text-sm">{passage}</blockquote>}
      <Field label={t('commentBody')} required error={isMissing && isEmpty ? t('bodyMissing') : null}>
        <Textarea ref={body} value={value.body} onChange={(event) => onChange({ ...value, body: event.target.value })} />
      </Field>
      <div>
        <p className="mb-1 font-medium text-sm">{t('rule')}</p>
        {/* The search goes once a rule is chosen; the focus goes on to what comes next. */}
        <RuleChoice value={value} task={task} onChange={onChange} onPicked={() => requestAnimationFrame(() => addButton.current?.focus())} />
      </div>
      <SeverityChoice value={value.severity} onChange={(severity) => onChange({ ...value, severity })} />
      <Field label={t('suggestion')} hint={t(passage ? 'suggestionHint' : 'suggestionWhole')}>
        <Textarea value={value.suggestion} onChange={(event) => onChange({ ...value, suggestion: event.target.value })} />
      </Field>
      <div className="flex flex-wrap justify-end gap-2">
        <Button variant="quiet" onClick={onDiscard}>
          {t(isEdit ? 'discardEdit' : 'discardComment')}
        </Button>
        <Button ref={addButton} type="submit" variant="primary" keys="mod+enter">
          {t(isEdit ? 'saveComment' : 'addComment')}
        </Button>
      </div>
    </form>
  )
}
