'use client'
import { Check, Copy } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { classNames } from './class-names.ts'

/** A value in monospace that a click copies. `short` shows fewer characters; the whole value is copied. */
export function CopyId({ value, short, label, className }: { value: string; short?: number; label?: string; className?: string }) {
  const t = useTranslations('common')
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(value)
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <button
      type="button"
      onClick={copy}
      title={value}
      className={classNames('group inline-flex max-w-full items-center gap-1.5 rounded-sm font-mono text-ink-2 text-sm hover:text-ink-1', className)}
    >
      <span className="sr-only">{t('copyValue', { what: label ?? '' })}</span>
      <span className="truncate">{short ? value.slice(0, short) : value}</span>
      {copied ? (
        <Check aria-hidden className="size-3.5 shrink-0 text-approved" />
      ) : (
        <Copy aria-hidden className="size-3.5 shrink-0 opacity-40 group-hover:opacity-100" />
      )}
      <span className="sr-only" role="status">
        {copied ? t('copied') : ''}
      </span>
    </button>
  )
}
