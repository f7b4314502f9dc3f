'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { NearDuplicates } from '#components/check/near-duplicates.tsx'
import { ReviewComments } from '#components/comment/review-comments.tsx'
import { DESK } from '#components/frame/desk.ts'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import { useRecent } from '#components/frame/use-recent.ts'
import { RulingWords } from '#components/ruling/ruling-text.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { CopyId } from '#components/ui/copy-id.tsx'
import { ErrorState, useErrorText } from '#components/ui/error-state.tsx'
import { Select } from '#components/ui/input.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import { notify, notifyError } from '#components/ui/toast.tsx'
import { type api, query } from '#lib/client/api.ts'
import { beginningOf } from '#lib/domain/text-tokens.ts'
import { ConversationView } from './conversation-view.tsx'
import { renderContent } from './rendered-content.tsx'
import { WithdrawDialog } from './withdraw-dialog.tsx'
import { WordDiff } from './word-diff.tsx'

const RenderedText = dynamic(() => import('#components/build/rendered-text.tsx').then((module) => module.RenderedText), { loading: () => null })

const TITLE_LENGTH = 80
const NONE: Conversation['revisions'][number]['messages'] = []

type Conversation = Awaited<ReturnType<typeof api.getConversation>>

/** For what a newer guideline made stale: back to review. */
function Renew({ conversationId }: { conversationId: string }) {
  const t = useTranslations('conversations')
  const client = useQueryClient()
  const errorText = useErrorText()
  const renew = useMutation(
    query.renewConversation.mutationOptions({
      onSuccess: () => {
        notify(t('renewed'))
        return client.invalidateQueries()
      },
      onError: (error) => notifyError(errorText(error).title, errorText(error).next),
    }),
  )
  return (
    <Button variant="primary" pending={renew.isPending} onClick={() => renew.mutate({ conversationId })}>
      {t('renew')}
    </Button>
  )
}

/** The newest text: rendered, as its source, compared with an earlier revision, or as the model sees it. */
function Text({ revisions }: { revisions: Conversation['revisions'] }) {
  const t = useTranslations('conversations')
  const [against, setAgainst] = useState('')
  const [view, setView] = useState<'rendered' | 'source' | 'model'>('rendered')
  const newest = revisions.at(-1)
  const other = revisions.find((revision) => revision.id === against)
  const toggle = (which: 'source' | 'model') => setView(view === which ? 'rendered' : which)
  useCommands([
    { id: 'source', title: t('source'), keys: 'v', run: () => toggle('source') },
    { id: 'model', title: t('modelView'), keys: 'm', run: () => toggle('model') },
  ])
  if (!newest) return <p className="text-ink-3">{t('notSubmitted')}</p>
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center gap-x-5 gap-y-2">
        <Checkbox label={t('source')} checked={view === 'source'} onChange={() => toggle('source')} />
        <Checkbox label={t('modelView')} checked={view === 'model'} onChange={() => toggle('model')} />
        {revisions.length > 1 && (
          <Select aria-label={t('compare')} className="w-auto" value={against} onChange={(event) => setAgainst(event.target.value)}>
            <option value="">{t('compare')}</option>
            {revisions.slice(0, -1).map((revision) => (
              <option key={revision.id} value={revision.id}>
                {t('revision', { number: revision.number })}
              </option>
            ))}
          </Select>
        )}
      </div>
      {other && <WordDiff before={other.messages} after={newest.messages} />}
      {!other && view === 'model' && <RenderedText messages={newest.messages} tools={newest.tools} />}
      {!other && view !== 'model' && (
        <ConversationView messages={newest.messages} tools={newest.tools} {...(view === 'rendered' ? { renderContent } : {})} />
      )}
    </>
  )
}

/** A conversation to read: its newest text, its rounds and remarks, and where it went. */
export function ConversationPage({ conversationId }: { conversationId: string }) {
  const t = useTranslations('conversations')
  const verdicts = useTranslations('review')
  const project = useProject()
  const [isWithdrawing, setIsWithdrawing] = useState(false)
  const client = useQueryClient()
  const conversation = useQuery(query.getConversation.queryOptions({ input: { conversationId } }))
  useRecent(project.path(`/conversations/${conversationId}`), conversation.data?.firstUserText ?? '')
  if (conversation.error) return <ErrorState error={conversation.error} onRetry={conversation.refetch} />
  const { data } = conversation
  if (!data) return <SkeletonRows rows={12} label={t('loading')} />
  const newest = data.revisions.at(-1)
  const action = (['write', 'review', 'adjudicate'] as const).find((each) => data.abilities[each])
  return (
    <Page width="read">
      <PageHeader
        title={beginningOf(data.firstUserText, TITLE_LENGTH) || t('title')}
        parent={{ href: project.path('/conversations'), label: t('title') }}
        state={<MachineState machine="conversation" state={data.state} />}
        facts={
          <>
            <span>{data.author.name === null ? t('byHidden', { letter: data.author.alias }) : t('by', { name: data.author.name })}</span>
            <RelativeTime at={data.updatedAt} />
            <CopyId value={data.id} short={8} />
            {data.guidelineVersion && <span>{t('under', { version: data.guidelineVersion })}</span>}
          </>
        }
        actions={
          <>
            {data.abilities.withdraw && <Button onClick={() => setIsWithdrawing(true)}>{t('withdraw')}</Button>}
            {data.abilities.renew && <Renew conversationId={conversationId} />}
            {action && (
              <Button asChild variant="primary">
                <Link href={project.path(`${DESK[action]}/${conversationId}`)}>{t(`do.${action}`)}</Link>
              </Button>
            )}
          </>
        }
      />
      {isWithdrawing && (
        <WithdrawDialog
          conversationId={conversationId}
          onClose={() => setIsWithdrawing(false)}
          onWithdrawn={async () => {
            setIsWithdrawing(false)
            await client.invalidateQueries()
          }}
        />
      )}
      <Text revisions={data.revisions} />
      {newest && (
        <div className="mt-8">
          <NearDuplicates conversationId={conversationId} revisionId={newest.id} messages={newest.messages} />
        </div>
      )}
      <div className="mt-10">
        <Section title={t('rounds')}>
          <ol className="space-y-3">
            {data.reviews.map((review) => (
              <li key={review.id} className={review.withdrawnAt ? 'line-through opacity-60' : ''}>
                <p className="flex flex-wrap items-baseline gap-3">
                  <Badge>{verdicts(`verdict.${review.verdict}`)}</Badge>
                  <span className="text-ink-3 text-sm">
                    {t('onRevision', { number: data.revisions.find((revision) => revision.id === review.revisionId)?.number ?? 0 })}
                  </span>
                  <span className="text-ink-3 text-sm">
                    <RelativeTime at={review.createdAt} />
                  </span>
                </p>
                {review.summary && <p className="whitespace-pre-wrap">{review.summary}</p>}
                {review.ruling && (
                  <div className="my-2 border-escalated border-l-2 pl-3">
                    <RulingWords ruling={review.ruling} />
                  </div>
                )}
                <ReviewComments conversation={data} review={review} messages={data.revisions.at(-1)?.messages ?? NONE} />
              </li>
            ))}
          </ol>
          {data.reviews.length === 0 && <p className="text-ink-3">{t('noReviews')}</p>}
        </Section>
        {data.snapshots.length > 0 && (
          <Section title={t('whereItWent')}>
            <ul>
              {data.snapshots.map((snapshot) => (
                <li key={snapshot.id} className="flex flex-wrap gap-3 py-1">
                  <Link href={project.path(`/snapshots/${snapshot.id}`)} className="text-accent hover:underline">
                    {snapshot.name}
                  </Link>
                  <span className="text-ink-3">{snapshot.split}</span>
                  {snapshot.builds.map((build) => (
                    <Link key={build.id} href={project.path(`/builds/${build.id}`)} className="font-mono text-accent text-sm hover:underline">
                      {build.id.slice(-8)}
                    </Link>
                  ))}
                </li>
              ))}
            </ul>
          </Section>
        )}
      </div>
    </Page>
  )
}
