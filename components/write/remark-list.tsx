'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import { query } from '#lib/client/api.ts'
import { locateQuote } from '#lib/domain/anchor.ts'
import type { Message } from '#lib/domain/conversation.ts'
import type { Conversation } from './write-page.tsx'

type Review = Conversation['reviews'][number]

/** What the reviewer asked for: each remark with its passage and rule, where it stands now, and a mark for what is done. */
export function RemarkList({ review, messages }: { review: Review; messages: readonly Message[] }) {
  const t = useTranslations('write')
  const client = useQueryClient()
  const resolve = useMutation(
    query.resolveComment.mutationOptions({ onSuccess: () => client.invalidateQueries({ queryKey: query.getConversation.key() }) }),
  )
  const placeOf = (comment: Review['comments'][number]): string => {
    const at = messages.findIndex((message) => message.id === comment.messageId)
    const message = messages[at]
    if (!message) return comment.messageId ? t('orphan') : t('whole')
    const isFound = comment.quote === '' || locateQuote(message.content, comment.quote, comment.rangeStart ?? 0) !== null
    return isFound ? t('inMessage', { position: at + 1 }) : t('orphanIn', { position: at + 1 })
  }
  return (
    <section aria-label={t('returned')} className="mx-auto mb-8 w-full max-w-[46rem] border-changes border-l-2 pl-4">
      <h2 className="font-semibold text-changes">{t('returned')}</h2>
      {review.summary && <p className="mt-1 whitespace-pre-wrap">{review.summary}</p>}
      <ul className="mt-2 divide-y">
        {review.comments.map((comment) => (
          <li key={comment.id} className="py-2.5">
            <p className="flex flex-wrap items-baseline gap-x-2 text-ink-3 text-sm">
              <Badge>{t(`severity.${comment.severity}`)}</Badge>
              {comment.ruleSlug && <span className="font-mono text-xs">{`${comment.ruleSlug}@${comment.guidelineVersion}`}</span>}
              <span>{placeOf(comment)}</span>
            </p>
            {comment.quote && <blockquote className="mt-1 border-l pl-2 text-ink-2 text-sm">{comment.quote}</blockquote>}
            <p className="mt-1 whitespace-pre-wrap">{comment.body}</p>
            {comment.suggestion && <p className="mt-1 whitespace-pre-wrap text-approved text-sm">{comment.suggestion}</p>}
            <Checkbox
              label={t('resolved')}
              checked={comment.resolvedAt !== null}
              onChange={(event) => resolve.mutate({ commentId: comment.id, resolved: event.target.checked })}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}
