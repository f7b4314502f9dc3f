'use client'
import { useTranslations } from 'next-intl'
import { useDeferredValue, useState } from 'react'
import { Field } from '#components/ui/field.tsx'
import { Textarea } from '#components/ui/input.tsx'
import { findPattern, patternFault } from '#lib/domain/check/pattern.ts'
import type { Pattern } from './word-rows.tsx'

/** A text to try the expressions on, before anybody's work is held against them. */
export function PatternTrial({ patterns }: { patterns: readonly Pattern[] }) {
  const t = useTranslations('settings.checksPage')
  const [text, setText] = useState('')
  const settled = useDeferredValue(text)
  const usable = patterns.filter(({ expression }) => expression && patternFault(expression) === null)
  return (
    <div className="mt-4 max-w-read">
      <Field label={t('tryText')} hint={t('tryHint')}>
        <Textarea value={text} onChange={(event) => setText(event.target.value)} maxLength={20_000} />
      </Field>
      {settled && usable.length > 0 && (
        <ul className="mt-2 text-sm" aria-live="polite">
          {usable.map(({ id, expression }) => (
            <li key={`${id}-${expression}`}>{t('found', { name: id || expression, count: findPattern(settled, expression).length })}</li>
          ))}
        </ul>
      )}
    </div>
  )
}
