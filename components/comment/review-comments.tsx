'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { rowsOf } from '#components/ui/paged-list.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { SteppedList } from '#components/ui/stepped-list.tsx'
import { type api, query } from '#lib/client/api.ts'
import { pages } from '#lib/client/paging.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { CommentItem } from './comment-item.tsx'

type Conversation = Awaited<ReturnType<typeof api.getConversation>>
const NONE: readonly Message[] = []

type Props = { conversation: Conversation; review: Conversation['reviews'][number]; messages: readonly Message[] }

/** The comments of one verdict, some at a time. Those that did not come with the conversation are fetched when somebody wants them. */
export function ReviewComments({ conversation, review, messages }: Props) {
  const t = useTranslations('comments')
  const [isWanted, setIsWanted] = useState(false)
  const isLeftOut = review.comments.length < review.commentCount
  const list = useInfiniteQuery(
    query.listComments.infiniteOptions({
      ...pages({ conversationId: conversation.id, reviewId: review.id }),
      enabled: isLeftOut && isWanted,
    }),
  )
  if (review.commentCount === 0) return null
  if (isLeftOut && !isWanted) {
    return (
      <Button size="sm" variant="quiet" className="-ml-2" onClick={() => setIsWanted(true)}>
        {t('show', { count: review.commentCount })}
      </Button>
    )
  }
  if (list.error) return <ErrorState error={list.error} onRetry={list.refetch} />
  if (isLeftOut && list.isPending) return <SkeletonRows rows={4} label={t('loading')} />
  const judged = conversation.revisions.find(({ id }) => id === review.revisionId)?.messages ?? NONE
  const comments = isLeftOut ? rowsOf(list) : review.comments
  return (
    <SteppedList
      items={comments}
      total={review.commentCount}
      moreLabel={(count) => t('more', { count })}
      {...(list.hasNextPage ? { onMore: () => void list.fetchNextPage() } : {})}
    >
      {(shown) => (
        <ul className="divide-y">
          {shown.map((comment) => (
            <CommentItem key={comment.id} comment={comment} judged={judged} messages={messages} />
          ))}
        </ul>
      )}
    </SteppedList>
  )
}
