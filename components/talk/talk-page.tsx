'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { KeyboardEvent } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Switch } from '#components/ui/checkbox.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorState, useErrorText } from '#components/ui/error-state.tsx'
import { Select, Textarea } from '#components/ui/input.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { notify, notifyError } from '#components/ui/toast.tsx'
import { query } from '#lib/client/api.ts'
import { newId } from '#lib/domain/new-id.ts'
import { messagesFor } from './messages-for.ts'
import { TalkAnswer } from './talk-answer.tsx'
import { TalkSettings } from './talk-settings.tsx'
import { type Comparison, type Model, useComparison } from './use-comparison.ts'
import { Vote } from './vote.tsx'

/** Who answers on this side: to be chosen, or a letter while the page is blind. */
function Side({ at, comparison, models }: { at: 0 | 1; comparison: Comparison; models: readonly Model[] }) {
  const t = useTranslations('talk')
  const { ids, isBlind, isHidden, isEmpty, choose } = comparison
  if (isHidden && !isEmpty) return t('side', { letter: at === 0 ? 'A' : 'B' })
  if (isBlind && !isEmpty) return models.find((model) => model.id === ids[at])?.name ?? ''
  return (
    <Select aria-label={t(at === 0 ? 'left' : 'right')} value={ids[at]} onChange={(event) => choose(at, event.target.value)}>
      {models.map((model) => (
        <option key={model.id} value={model.id}>
          {t('modelOption', { name: model.name, kind: t(`kind.${model.kind}`) })}
        </option>
      ))}
    </Select>
  )
}

/** Each question with both answers below it. */
function Exchanges({ turns: [first, second], isHidden }: Comparison) {
  return (
    <ol className="flex-1 space-y-8 py-6" aria-live="polite">
      {first.map((turn, index) => {
        const beside = second[index]
        return (
          <li key={turn.id} className="space-y-3">
            <p dir="auto" className="prose-conversation whitespace-pre-wrap font-medium">
              {turn.question}
            </p>
            <div className="grid grid-cols-1 gap-x-8 gap-y-4 sm:grid-cols-2">
              <TalkAnswer turn={turn} hidesFacts={isHidden} />
              {beside && <TalkAnswer turn={beside} hidesFacts={isHidden} />}
            </div>
          </li>
        )
      })}
    </ol>
  )
}

type QuestionProps = { value: string; onChange: (value: string) => void; isWriting: boolean; onSend: () => void; onStop: () => void }

function Question({ value, onChange, isWriting, onSend, onStop }: QuestionProps) {
  const t = useTranslations('talk')
  const handleKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    onSend()
  }
  return (
    <div className="flex items-end gap-2">
      <Textarea
        aria-label={t('question')}
        placeholder={t('question')}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={handleKeyDown}
        maxLength={100_000}
        autoFocus
      />
      {isWriting ? (
        <Button size="lg" onClick={onStop}>
          {t('stop')}
        </Button>
      ) : (
        <Button size="lg" type="submit" variant="primary" disabled={!value.trim()}>
          {t('send')}
        </Button>
      )}
    </div>
  )
}

function Talk({ models }: { models: readonly Model[] }) {
  const t = useTranslations('talk')
  const project = useProject()
  const search = useSearchParams()
  const errorText = useErrorText()
  const router = useRouter()
  const address = usePathname()
  // Whoever chooses another model leaves the pair the address named.
  const comparison = useComparison(models, { left: search.get('left'), right: search.get('right') }, () => router.replace(address))
  const { isWriting, isBlind, setBlind, isEmpty, clear, stop, lastQuestion, settings, question, setQuestion } = comparison
  const send = () => {
    const text = question.trim()
    if (!text || isWriting) return
    comparison.ask(text)
  }
  const prompting = useMutation(
    query.createPrompt.mutationOptions({
      onSuccess: () => notify(t('promptMade')),
      onError: (error) => notifyError(errorText(error).title, errorText(error).next),
    }),
  )
  const makePrompt = () => {
    if (!lastQuestion) return
    const messages = messagesFor([], settings.system, lastQuestion).map((message) => ({ id: newId(), train: false, ...message }))
    prompting.mutate({ projectId: project.id, messages, source: 'talk' })
  }
  useCommands([
    { id: 'send', title: t('send'), keys: 'mod+enter', run: send, disabled: isWriting || !question.trim() },
    { id: 'stop', title: t('stop'), keys: 'mod+.', run: stop, disabled: !isWriting },
    { id: 'clear', title: t('clear'), run: clear, disabled: isEmpty },
    { id: 'blind', title: t('blind'), keys: 'b', run: () => setBlind(!isBlind) },
    { id: 'prompt', title: t('makePrompt'), run: makePrompt, disabled: isEmpty },
  ])
  return (
    <div className="flex min-h-[calc(100dvh-4rem)] flex-col">
      <PageHeader
        title={t('title')}
        actions={
          <>
            <Switch label={t('blind')} checked={isBlind} onChange={(event) => setBlind(event.target.checked)} />
            {!isEmpty && project.can('prompt:import') && (
              <Button variant="quiet" pending={prompting.isPending} onClick={makePrompt}>
                {t('makePrompt')}
              </Button>
            )}
            <Button disabled={isEmpty} onClick={clear}>
              {t('clear')}
            </Button>
          </>
        }
      />
      <TalkSettings settings={settings} onChange={comparison.setSettings} />
      <div className="sticky top-0 z-10 grid grid-cols-2 gap-x-8 border-b bg-surface-0 py-2 font-semibold">
        {([0, 1] as const).map((at) => (
          <div key={at} className="min-w-0">
            <Side at={at} comparison={comparison} models={models} />
          </div>
        ))}
      </div>
      <Exchanges {...comparison} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
        className="sticky bottom-0 border-t bg-surface-0 py-4 max-rail:bottom-14"
      >
        {comparison.canVote && <Vote onVote={comparison.vote} isPending={comparison.isVoting} />}
        <Question value={question} onChange={setQuestion} isWriting={isWriting} onSend={send} onStop={stop} />
      </form>
    </div>
  )
}

/** Two models, one question, side by side; blind if wished, with the verdict kept. */
export function TalkPage() {
  const t = useTranslations('talk')
  const project = useProject()
  const models = useQuery(query.listModels.queryOptions({ input: { projectId: project.id } }))
  if (models.error) return <ErrorState error={models.error} onRetry={models.refetch} />
  if (!models.data) return <SkeletonRows rows={8} label={t('loading')} />
  const ready = models.data.items.filter((model) => model.state === 'ready')
  return (
    <Page>
      {ready.length > 0 ? (
        <Talk models={ready} />
      ) : (
        <>
          <PageHeader title={t('title')} />
          <EmptyState title={t('noModels')}>{t('noModelsHint')}</EmptyState>
        </>
      )}
    </Page>
  )
}
