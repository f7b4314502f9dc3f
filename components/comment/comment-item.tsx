'use client'
import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { Suggestion } from '#components/conversation/suggestion.tsx'
import { RuleLink } from '#components/guideline/rule-link.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import type { Message } from '#lib/domain/conversation.ts'
import { placeOfRemark } from '#lib/domain/remark-place.ts'
import type { Remark } from './remark.ts'
import { Thread } from './thread.tsx'
import { usePlaceName } from './use-place-name.ts'

/** By which rule a comment is made, or that there is none yet. */
export function CommentRule({ slug, version, isGap }: { slug: string | null | undefined; version?: string | null; isGap: boolean | undefined }) {
  const t = useTranslations('review')
  if (isGap) return <Badge tone="changes">{t('gapBadge')}</Badge>
  return slug ? <RuleLink slug={slug} {...(version === undefined ? {} : { version })} /> : null
}

const showMessage = (messageId: string) =>
  document.querySelector(`[data-message="${CSS.escape(messageId)}"]`)?.scrollIntoView({ block: 'start', behavior: 'smooth' })

type Props = {
  comment: Remark
  /** The text it was made on, and the one on screen. */
  judged: readonly Message[]
  messages: readonly Message[]
}

/** A remark of an earlier verdict: where it points now, its rule, what it says, what was said below it. */
export function CommentItem({ comment, judged, messages }: Props) {
  const t = useTranslations('review')
  const nameOfPlace = usePlaceName()
  const place = useMemo(() => placeOfRemark(comment, judged, messages), [comment, judged, messages])
  const where = nameOfPlace(place, messages)
  return (
    <li className="py-2 text-sm">
      <p className="flex flex-wrap items-baseline gap-x-2 text-ink-3 text-xs">
        <Badge>{t(`severity.${comment.severity}`)}</Badge>
        <CommentRule slug={comment.ruleSlug} isGap={comment.isGap} />
        {'messageId' in place ? (
          <button type="button" title={t('goThere')} className="hover:text-accent hover:underline" onClick={() => showMessage(place.messageId)}>
            {where}
          </button>
        ) : (
          <span>{where}</span>
        )}
        {comment.resolvedAt && <Badge tone="approved">{t('resolved')}</Badge>}
      </p>
      {comment.quote && <blockquote className="mt-1 border-l pl-2 text-ink-2">{comment.quote}</blockquote>}
      <p className="mt-1 whitespace-pre-wrap break-words">{comment.body}</p>
      {comment.suggestion && <Suggestion passage={comment.quote} text={comment.suggestion} />}
      <Thread comment={comment} />
    </li>
  )
}
