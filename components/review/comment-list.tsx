'use client'
import { Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import type { CommentInput } from '#lib/domain/review.ts'
import type { Conversation } from './review-page.tsx'

/** By which rule, or that there is none yet. */
function Rule({ slug, isGap }: { slug: string | null | undefined; isGap: boolean | undefined }) {
  const t = useTranslations('review')
  if (isGap) return <Badge tone="changes">{t('gapBadge')}</Badge>
  return slug ? <span className="break-all font-mono text-xs">{slug}</span> : null
}

/** Remarks about to be sent, and those of earlier rounds. */
export function CommentList({
  comments,
  onRemove,
  earlier,
}: {
  comments: readonly CommentInput[]
  onRemove: (index: number) => void
  earlier: Conversation['reviews']
}) {
  const t = useTranslations('review')
  // What was taken back was never said.
  const past = earlier.filter((review) => review.withdrawnAt === null).flatMap((review) => review.comments)
  return (
    <section aria-label={t('comments')}>
      <h2 className="mb-1 font-medium text-sm">{t('comments')}</h2>
      {comments.length === 0 && <p className="text-ink-3 text-sm">{t('noComments')}</p>}
      <ul className="divide-y">
        {comments.map((comment, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: comments that are not sent yet have no id, and hold no state here
          <li key={index} className="flex gap-2 py-2">
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap items-baseline gap-2">
                <Badge>{t(`severity.${comment.severity}`)}</Badge>
                <Rule slug={comment.rule} isGap={comment.gap} />
              </p>
              <p className="whitespace-pre-wrap break-words">{comment.body}</p>
            </div>
            <IconButton label={t('removeComment')} icon={<Trash2 />} onClick={() => onRemove(index)} />
          </li>
        ))}
      </ul>
      {past.length > 0 && (
        <details className="mt-3">
          <summary className="cursor-pointer text-ink-2 text-sm">{t('earlierComments', { count: past.length })}</summary>
          <ul className="divide-y text-sm">
            {past.map((comment) => (
              <li key={comment.id} className="py-2">
                <p className="flex flex-wrap items-baseline gap-2">
                  <Rule slug={comment.ruleSlug} isGap={comment.isGap} />
                  {comment.resolvedAt && <Badge tone="approved">{t('resolved')}</Badge>}
                </p>
                {comment.quote && <blockquote className="border-l pl-2 text-ink-2">{comment.quote}</blockquote>}
                <p className="break-words">{comment.body}</p>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}
