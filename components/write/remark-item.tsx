'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useRef } from 'react'
import type { Remark } from '#components/comment/remark.ts'
import { Thread } from '#components/comment/thread.tsx'
import { usePlaceName } from '#components/comment/use-place-name.ts'
import { ApplySuggestion, Suggestion } from '#components/conversation/suggestion.tsx'
import { usePassage } from '#components/conversation/use-passage.ts'
import { RuleLink } from '#components/guideline/rule-link.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import { query } from '#lib/client/api.ts'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { passageOf } from '#lib/domain/suggestion.ts'

type Props = { remark: Remark; judged: readonly Message[]; messages: readonly Message[]; document: ConversationDocument }

/** One remark: its passage and rule, where it stands, a suggested text that can be applied, and a mark for what is done. */
export function RemarkItem({ remark, judged, messages, document }: Props) {
  const t = useTranslations('write')
  const nameOfPlace = usePlaceName()
  const client = useQueryClient()
  const { place, apply } = usePassage(remark, judged, messages, document)
  const done = useRef<HTMLInputElement>(null)
  const resolve = useMutation(
    query.resolveComment.mutationOptions({ onSuccess: () => client.invalidateQueries({ queryKey: query.getConversation.key() }) }),
  )
  return (
    <li className="py-2.5">
      <p className="flex flex-wrap items-baseline gap-x-2 text-ink-3 text-sm">
        <Badge>{t(`severity.${remark.severity}`)}</Badge>
        {remark.ruleSlug && <RuleLink slug={remark.ruleSlug} version={remark.guidelineVersion} />}
        <span>{nameOfPlace(place, messages)}</span>
      </p>
      {remark.quote && !remark.suggestion && <blockquote className="mt-1 border-l pl-2 text-ink-2 text-sm">{remark.quote}</blockquote>}
      <p className="mt-1 whitespace-pre-wrap">{remark.body}</p>
      {remark.suggestion && (
        <Suggestion passage={passageOf(remark, judged)} text={remark.suggestion}>
          <ApplySuggestion
            place={place}
            onApply={() => {
              apply()
              resolve.mutate({ commentId: remark.id, resolved: true })
              done.current?.focus()
            }}
          />
        </Suggestion>
      )}
      <Thread comment={remark} />
      <Checkbox
        ref={done}
        className="mt-1"
        label={t('resolved')}
        checked={remark.resolvedAt !== null}
        onChange={(event) => resolve.mutate({ commentId: remark.id, resolved: event.target.checked })}
      />
    </li>
  )
}
