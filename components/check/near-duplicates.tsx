'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { WordDiff } from '#components/conversation/word-diff.tsx'
import { MachineState } from '#components/frame/machine-state.tsx'
import { Button } from '#components/ui/button.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { OtherConversation } from './other-conversation.tsx'
import { useNearDuplicates } from './use-near-duplicates.ts'

type Item = Awaited<ReturnType<typeof api.listNearDuplicates>>['items'][number]

/** Another conversation's messages under the ids of this one's, the first of a role under that of the first, and so on: a diff tells by them what is the same message. */
function asVersionOf(messages: readonly Message[], theirs: readonly Message[]): Message[] {
  const count = new Map<string, number>()
  return theirs.map((message) => {
    const nth = count.get(message.role) ?? 0
    count.set(message.role, nth + 1)
    return { ...message, id: messages.filter(({ role }) => role === message.role)[nth]?.id ?? `other-${message.id}` }
  })
}

/** The other text against this one. */
function Comparison({ conversationId, messages }: { conversationId: string; messages: readonly Message[] }) {
  const t = useTranslations('checks')
  const { data, error, refetch } = useQuery(query.getConversation.queryOptions({ input: { conversationId } }))
  if (error) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <SkeletonRows rows={4} label={t('looking')} />
  return <WordDiff before={asVersionOf(messages, data.revisions.at(-1)?.messages ?? [])} after={[...messages]} />
}

function NearDuplicate({ item: { share, other }, messages }: { item: Item; messages: readonly Message[] }) {
  const t = useTranslations('checks')
  const [isCompared, setIsCompared] = useState(false)
  return (
    <li className="py-1">
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span>{t('alike', { percent: Math.floor(share * 100) })}</span>
        {other && (
          <>
            <q className="min-w-0 max-w-80 truncate text-ink-2">{other.firstUserText}</q>
            <MachineState machine="conversation" state={other.state} />
            <Button size="sm" variant="quiet" aria-expanded={isCompared} onClick={() => setIsCompared(!isCompared)}>
              {t(isCompared ? 'closeOther' : 'compareOther')}
            </Button>
            <OtherConversation id={other.id} />
          </>
        )}
      </p>
      {isCompared && other && (
        <div className="mt-2 border-l-2 pl-3">
          <p className="mb-2 text-ink-3 text-sm">{t('comparedHint')}</p>
          <Comparison conversationId={other.id} messages={messages} />
        </div>
      )}
    </li>
  )
}

type Props = { conversationId: string; revisionId: string; messages: readonly Message[] }

/** Other conversations that answer in nearly the words of this one, to compare; nothing where there is none. */
export function NearDuplicates({ conversationId, revisionId, messages }: Props) {
  const t = useTranslations('checks')
  const items = useNearDuplicates(conversationId, revisionId)
  if (!items || items.length === 0) return null
  return (
    <section aria-label={t('name.near-duplicate')} className="mb-4 border-changes border-l-2 pl-3 text-sm">
      <h2 className="text-ink-3">{t('name.near-duplicate')}</h2>
      <ul>
        {items.map((item, index) => (
          <NearDuplicate key={item.other?.id ?? index} item={item} messages={messages} />
        ))}
      </ul>
    </section>
  )
}
