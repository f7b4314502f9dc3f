'use client'
import dynamic from 'next/dynamic'
import { useTranslations } from 'next-intl'
import { memo, useMemo } from 'react'
import { NearDuplicates } from '#components/check/near-duplicates.tsx'
import { Reasons } from '#components/check/reasons.tsx'
import { ConversationView } from '#components/conversation/conversation-view.tsx'
import { renderContent } from '#components/conversation/rendered-content.tsx'
import type { SelectedRange } from '#components/conversation/text-selection.ts'
import { WordDiff } from '#components/conversation/word-diff.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import type { CommentInput } from '#lib/domain/review.ts'
import type { Conversation, Revision } from './review-page.tsx'

// Opened now and then. With a place holder of its own: without one the whole page waits for the script, the box that was ticked too.
const RenderedText = dynamic(() => import('#components/build/rendered-text.tsx').then((module) => module.RenderedText), { loading: () => null })

/** How the text is shown; kept from one conversation to the next. */
export type Reading = 'rendered' | 'source' | 'diff' | 'model'

const highlightsOf = (comments: readonly CommentInput[]) =>
  comments.flatMap(({ messageId, rangeStart, rangeEnd }, index) =>
    messageId !== undefined && rangeStart !== undefined && rangeEnd !== undefined
      ? [{ id: String(index), messageId, kind: 'remark' as const, start: rangeStart, end: rangeEnd }]
      : [],
  )

type Props = {
  conversation: Conversation
  revision: Revision
  comments: readonly CommentInput[]
  activeMessageId: string | null
  onSelectRange: (range: SelectedRange | null) => void
  /** Null until somebody chooses: what changed where the text was judged before, else the whole as its reader sees it. */
  reading: Reading | null
  onReading: (reading: Reading) => void
}

/** What is judged: the text as its reader sees it, its source, what changed since the round before, or what the model sees. Not drawn again for what is written beside it. */
export const JudgedText = memo(function JudgedText(props: Props) {
  const { conversation, revision, comments, activeMessageId, onSelectRange, reading, onReading } = props
  const t = useTranslations('review')
  const before = conversation.revisions.findLast(
    (each) => each.id !== revision.id && conversation.reviews.some((review) => review.revisionId === each.id),
  )
  const wanted = reading ?? (before ? 'diff' : 'rendered')
  const shown = wanted === 'diff' && !before ? 'rendered' : wanted
  const toggle = (which: Reading) => onReading(shown === which ? 'rendered' : which)
  const choices = [
    { which: 'source', title: t('source'), keys: 'v', disabled: false },
    { which: 'diff', title: t('diff'), keys: 'd', disabled: !before },
    { which: 'model', title: t('modelView'), keys: 'm', disabled: false },
  ] as const
  useCommands(choices.map(({ which, ...choice }) => ({ ...choice, id: which, run: () => toggle(which) })))
  const highlights = useMemo(() => highlightsOf(comments), [comments])
  return (
    <div className="mx-auto w-full min-w-0 max-w-[46rem] pb-20">
      <div className="mb-5 flex flex-wrap gap-x-5 gap-y-1">
        {choices.map(
          ({ which, title, disabled }) =>
            !disabled && <Checkbox key={which} label={title} checked={shown === which} onChange={() => toggle(which)} />,
        )}
      </div>
      {revision.note && <p className="mb-4 border-accent border-l-2 pl-3">{revision.note}</p>}
      <NearDuplicates conversationId={conversation.id} revisionId={revision.id} messages={revision.messages} />
      <Reasons given={revision.acknowledgements} messages={revision.messages} />
      {shown === 'model' && <RenderedText messages={revision.messages} tools={revision.tools} />}
      {shown === 'diff' && before && <WordDiff before={before.messages} after={revision.messages} />}
      {(shown === 'rendered' || shown === 'source') && (
        <ConversationView
          messages={revision.messages}
          tools={revision.tools}
          highlights={highlights}
          activeMessageId={activeMessageId}
          onSelectRange={onSelectRange}
          {...(shown === 'rendered' ? { renderContent } : {})}
        />
      )}
    </div>
  )
})
