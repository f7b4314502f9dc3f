'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useRef } from 'react'
import { Suggestion } from '#components/conversation/suggestion.tsx'
import { RuleLink } from '#components/guideline/rule-link.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import { query } from '#lib/client/api.ts'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { editContent, HUMAN } from '#lib/domain/draft.ts'
import { locatePassage, type Place, type Remark, usePlace } from './use-place.ts'

type Props = { remark: Remark; judged: readonly Message[]; messages: readonly Message[]; document: ConversationDocument }

/** Where it stands now, in words. */
function usePlaceName(): (remark: Remark, place: Place) => string {
  const t = useTranslations('write')
  return ({ messageId }, { position, passage }) => {
    if (position === null) return messageId ? t('orphan') : t('whole')
    return t(passage.kind === 'changed' ? 'orphanIn' : 'inMessage', { position })
  }
}

/** One remark: its passage and rule, where it stands, a suggested text that can be applied, and a mark for what is done. */
export function RemarkItem({ remark, judged, messages, document }: Props) {
  const t = useTranslations('write')
  const client = useQueryClient()
  const placeName = usePlaceName()
  const place = usePlace(remark, judged, messages)
  const done = useRef<HTMLInputElement>(null)
  const resolve = useMutation(
    query.resolveComment.mutationOptions({ onSuccess: () => client.invalidateQueries({ queryKey: query.getConversation.key() }) }),
  )
  const apply = () => {
    const { suggestion, messageId } = remark
    // The text may have moved on since it was drawn.
    const now = locatePassage(remark, judged, document.getContent().messages)
    if (!suggestion || !messageId || now?.kind !== 'stands') return
    const { start: from, end: to } = now.range
    document.apply((content) => editContent(content, messageId, [{ from, to, inserted: suggestion }], HUMAN))
    done.current?.focus()
  }
  return (
    <li className="py-2.5">
      <p className="flex flex-wrap items-baseline gap-x-2 text-ink-3 text-sm">
        <Badge>{t(`severity.${remark.severity}`)}</Badge>
        {remark.ruleSlug && <RuleLink slug={remark.ruleSlug} version={remark.guidelineVersion} />}
        <span>{placeName(remark, place)}</span>
      </p>
      {remark.quote && !remark.suggestion && <blockquote className="mt-1 border-l pl-2 text-ink-2 text-sm">{remark.quote}</blockquote>}
      <p className="mt-1 whitespace-pre-wrap">{remark.body}</p>
      {remark.suggestion && (
        <Suggestion passage={remark.quote} text={remark.suggestion}>
          {place.passage.kind === 'stands' && (
            <Button size="sm" className="mt-1.5" onClick={apply}>
              {t('applySuggestion')}
            </Button>
          )}
          {(place.passage.kind === 'applied' || place.passage.kind === 'changed') && (
            <p className="mt-1.5 text-ink-3 text-sm">{t(`suggestion.${place.passage.kind}`)}</p>
          )}
        </Suggestion>
      )}
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
