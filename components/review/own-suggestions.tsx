'use client'
import { useTranslations } from 'next-intl'
import { ApplySuggestion, Suggestion } from '#components/conversation/suggestion.tsx'
import { usePassage } from '#components/conversation/use-passage.ts'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { Message } from '#lib/domain/conversation.ts'
import type { CommentInput } from '#lib/domain/review.ts'
import { passageOf } from '#lib/domain/suggestion.ts'
import type { Revision } from './review-page.tsx'

type Props = { comments: readonly CommentInput[]; revision: Revision; messages: readonly Message[]; document: ConversationDocument }

function OwnSuggestion({ comment, revision, messages, document }: Omit<Props, 'comments'> & { comment: CommentInput }) {
  const { place, apply } = usePassage(comment, revision.messages, messages, document)
  return (
    <li className="py-2">
      <p className="whitespace-pre-wrap text-sm">{comment.body}</p>
      <Suggestion passage={passageOf(comment, revision.messages)} text={comment.suggestion ?? ''}>
        <ApplySuggestion place={place} onApply={apply} />
      </Suggestion>
    </li>
  )
}

/** What the reviewer suggested in remarks that are not sent yet, to apply while fixing. */
export function OwnSuggestions({ comments, ...rest }: Props) {
  const t = useTranslations('review')
  const suggestions = comments.filter((comment) => comment.suggestion)
  if (suggestions.length === 0) return null
  return (
    <section aria-label={t('comments')} className="mx-auto mb-6 max-w-[46rem]">
      <ul className="divide-y">
        {suggestions.map((comment, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: comments that are not sent yet have no id, and hold no state here
          <OwnSuggestion key={index} comment={comment} {...rest} />
        ))}
      </ul>
    </section>
  )
}
