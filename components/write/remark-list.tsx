'use client'
import { useTranslations } from 'next-intl'
import { SteppedList } from '#components/ui/stepped-list.tsx'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { RemarkItem } from './remark-item.tsx'
import type { Conversation } from './write-page.tsx'

type Props = {
  review: Conversation['reviews'][number]
  revisions: Conversation['revisions']
  messages: readonly Message[]
  document: ConversationDocument
}

const NONE: readonly Message[] = []

/** What the reviewer asked for: the summary, then each remark. */
export function RemarkList({ review, revisions, messages, document }: Props) {
  const t = useTranslations('write')
  const c = useTranslations('comments')
  const judged = revisions.find((revision) => revision.id === review.revisionId)?.messages ?? NONE
  return (
    <section aria-label={t('returned')} className="mx-auto mb-8 w-full max-w-[46rem] border-changes border-l-2 pl-4">
      <h2 className="font-semibold text-changes">{t('returned')}</h2>
      {review.summary && <p className="mt-1 whitespace-pre-wrap">{review.summary}</p>}
      <SteppedList items={review.comments} moreLabel={(count) => c('more', { count })}>
        {(shown) => (
          <ul className="mt-2 divide-y">
            {shown.map((remark) => (
              <RemarkItem key={remark.id} remark={remark} judged={judged} messages={messages} document={document} />
            ))}
          </ul>
        )}
      </SteppedList>
    </section>
  )
}
