'use client'
import { useTranslations } from 'next-intl'
import { useRef, useState } from 'react'
import { useCommands } from '#components/ui/shortcuts.tsx'
import type { Conversation } from './review-page.tsx'

/** The guideline beside the text: closed until wanted, and its search one key away, also while one writes. */
export function useRulePanel() {
  const t = useTranslations('review')
  const [isOpen, setIsOpen] = useState(false)
  const [shown, setShown] = useState<{ slug: string } | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const search = () => {
    setIsOpen(true)
    requestAnimationFrame(() => input.current?.focus())
  }
  const toggle = (open: boolean) => {
    setIsOpen(open)
    if (!open) setShown(null)
  }
  const read = (slug: string) => {
    setIsOpen(true)
    setShown({ slug })
  }
  useCommands([
    { id: 'rules', title: t('searchRules'), keys: '/', run: search },
    { id: 'rules-writing', title: t('searchRules'), keys: 'alt+/', run: search, hidden: true },
  ])
  const citedBy = (conversation: Conversation) =>
    conversation.reviews.flatMap((review) => review.comments.flatMap((comment) => comment.ruleSlug ?? []))
  return { isOpen, toggle, input, citedBy, shown, read }
}
