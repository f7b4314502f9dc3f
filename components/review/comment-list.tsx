'use client'
import { Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { CommentRule } from '#components/comment/comment-item.tsx'
import { ReviewComments } from '#components/comment/review-comments.tsx'
import { Suggestion } from '#components/conversation/suggestion.tsx'
import { classNames } from '#components/ui/class-names.ts'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import type { CommentInput } from '#lib/domain/review.ts'
import { passageOf } from '#lib/domain/suggestion.ts'
import type { Conversation, Revision } from './review-page.tsx'

type OwnProps = { comment: CommentInput; passage: string; isOpen: boolean; onEdit: () => void; onRemove: () => void }

/** A remark about to be sent: pressed, it is in the form again. */
function OwnComment({ comment, passage, isOpen, onEdit, onRemove }: OwnProps) {
  const t = useTranslations('review')
  return (
    <li className="flex gap-2 py-2">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-2">
          <Badge>{t(`severity.${comment.severity}`)}</Badge>
          <CommentRule slug={comment.rule} isGap={comment.gap} />
        </p>
        <button
          type="button"
          aria-pressed={isOpen}
          onClick={onEdit}
          className={classNames('-mx-1 block w-full rounded px-1 text-left hover:bg-surface-1', isOpen && 'bg-surface-2')}
        >
          <span className="sr-only">{t('editComment')} </span>
          <span className="whitespace-pre-wrap break-words">{comment.body}</span>
        </button>
        {comment.suggestion && <Suggestion passage={passage} text={comment.suggestion} />}
      </div>
      <IconButton label={t('removeComment')} icon={<Trash2 />} onClick={onRemove} />
    </li>
  )
}

type Props = {
  conversation: Conversation
  comments: readonly CommentInput[]
  revision: Revision
  /** The one in the form. */
  editing: number | null
  onEdit: (index: number) => void
  onRemove: (index: number) => void
  showsEarlier: boolean
}

/** Remarks about to be sent, and those of earlier rounds. */
export function CommentList({ conversation, comments, revision, editing, onEdit, onRemove, showsEarlier }: Props) {
  const t = useTranslations('review')
  // What was taken back was never said.
  const past = conversation.reviews.filter((review) => review.withdrawnAt === null && review.commentCount > 0)
  const count = past.reduce((sum, review) => sum + review.commentCount, 0)
  return (
    <section aria-label={t('comments')}>
      <h2 className="mb-1 font-medium text-sm">{t('comments')}</h2>
      {comments.length === 0 && (
        <p className="text-ink-3 text-sm">
          <span className="keyboard:hidden">{t('noCommentsTouch')}</span>
          <span className="hidden keyboard:inline">{t('noComments')}</span>
        </p>
      )}
      <ul className="divide-y">
        {comments.map((comment, index) => (
          <OwnComment
            // biome-ignore lint/suspicious/noArrayIndexKey: comments that are not sent yet have no id, and hold no state here
            key={index}
            comment={comment}
            passage={passageOf(comment, revision.messages)}
            isOpen={editing === index}
            onEdit={() => onEdit(index)}
            onRemove={() => onRemove(index)}
          />
        ))}
      </ul>
      {showsEarlier && count > 0 && (
        <details open className="mt-3">
          <summary className="cursor-pointer text-ink-2 text-sm">{t('earlierComments', { count })}</summary>
          {past.map((review) => (
            <ReviewComments key={review.id} conversation={conversation} review={review} messages={revision.messages} />
          ))}
        </details>
      )}
    </section>
  )
}
