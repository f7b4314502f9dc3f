'use client'
import { useTranslations } from 'next-intl'
import { ReviewComments } from '#components/comment/review-comments.tsx'
import { usePersonName } from '#components/comment/use-person-name.ts'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Badge, type Tone } from '#components/ui/state-pill.tsx'
import { Principle, type Verdict } from '#lib/domain/review.ts'
import type { Conversation, Revision } from './review-page.tsx'

const TONE: Record<Verdict, Tone> = { approve: 'approved', 'request-changes': 'changes', reject: 'rejected', escalate: 'escalated' }

/** For who decides an escalation: what is in doubt, and both sides of it, the newest verdict first. */
export function EarlierVerdicts({ conversation, messages }: { conversation: Conversation; messages: Revision['messages'] }) {
  const t = useTranslations('review')
  const nameOf = usePersonName()
  // What was taken back was never said.
  const standing = conversation.reviews.filter(({ withdrawnAt }) => withdrawnAt === null).toReversed()
  return (
    <section aria-label={t('doubt')} className="mx-auto mb-8 w-full max-w-[46rem] border-escalated border-l-2 pl-4">
      <h2 className="font-semibold text-escalated">{t('doubt')}</h2>
      <p className="text-ink-3 text-sm">{standing.length > 0 ? t('doubtHint') : t('noDoubt')}</p>
      <ol className="divide-y">
        {standing.map((review) => (
          <li key={review.id} className="py-2.5">
            <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-ink-3 text-sm">
              <span className="font-medium text-ink-1">{nameOf(review.reviewer)}</span>
              <Badge tone={TONE[review.verdict]}>{t(`done.${review.verdict}`)}</Badge>
              <RelativeTime at={review.createdAt} />
              {Principle.options.map((principle) => {
                const value = review.ratings[principle]
                return value === undefined ? null : (
                  <span key={principle}>{t('rate', { principle: t(`principle.${principle}`), value: value === null ? t('na') : value })}</span>
                )
              })}
            </p>
            {review.summary && <p className="mt-1 whitespace-pre-wrap break-words">{review.summary}</p>}
            <ReviewComments conversation={conversation} review={review} messages={messages} />
          </li>
        ))}
      </ol>
    </section>
  )
}
