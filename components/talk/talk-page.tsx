'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
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
import { type api, query } from '#lib/client/api.ts'
import { TalkAnswer } from './talk-answer.tsx'
import { TalkSettings } from './talk-settings.tsx'
import { messagesFor, type Settings, useReply } from './use-reply.ts'
import { type Choice, Vote } from './vote.tsx'

type Model = Awaited<ReturnType<typeof api.listModels>>['items'][number]

const START: Settings = { system: '', temperature: 0, maxTokens: 256, seed: 0 }

/** The newest tuned model beside its base, or whatever two there are. */
function firstPair(models: readonly Model[], left: string | null, right: string | null): [string, string] {
  const has = (id: string | null | undefined) => models.some((model) => model.id === id)
  const tuned = models.find((model) => model.kind === 'tuned')
  const second = right && has(right) ? right : (tuned?.id ?? models[0]?.id ?? '')
  const base = models.find((model) => model.id === models.find((one) => one.id === second)?.baseModelId)
  const first = left && has(left) ? left : (base?.id ?? models.find((model) => model.kind === 'base')?.id ?? models[0]?.id ?? '')
  return [first, second]
}

function ModelSelect({ label, models, value, onChange }: { label: string; models: readonly Model[]; value: string; onChange: (id: string) => void }) {
  const t = useTranslations('talk')
  return (
    <Select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {models.map((model) => (
        <option key={model.id} value={model.id}>
          {t('modelOption', { name: model.name, kind: t(`kind.${model.kind}`) })}
        </option>
      ))}
    </Select>
  )
}

function Talk({ models }: { models: readonly Model[] }) {
  const t = useTranslations('talk')
  const project = useProject()
  const search = useSearchParams()
  const errorText = useErrorText()
  const [pair, setPair] = useState(() => firstPair(models, search.get('left'), search.get('right')))
  const [settings, setSettings] = useState(START)
  const [question, setQuestion] = useState('')
  const [isBlind, setBlind] = useState(false)
  const [isSwapped, setSwapped] = useState(false)
  const [hasVoted, setVoted] = useState(false)
  const left = useReply(project.id)
  const right = useReply(project.id)
  const isWriting = left.isWriting || right.isWriting
  const nameOf = (id: string) => models.find((model) => model.id === id)?.name ?? ''
  const last = [left.turns.at(-1), right.turns.at(-1)] as const
  const canVote = !isWriting && !hasVoted && last[0]?.state === 'done' && last[1]?.state === 'done' && pair[0] !== pair[1]

  const clear = () => {
    left.clear()
    right.clear()
    setVoted(false)
    // Chance decides anew which model stands where.
    setSwapped(Math.random() < 0.5)
  }
  const choose = (at: 0 | 1, id: string) => {
    setPair(at === 0 ? [id, pair[1]] : [pair[0], id])
    clear()
  }
  const send = async () => {
    const text = question.trim()
    if (!text || isWriting) return
    setQuestion('')
    setVoted(false)
    await Promise.all([left.send(pair[0], text, settings), right.send(pair[1], text, settings)])
  }
  const vote = useMutation(
    query.recordComparison.mutationOptions({
      onSuccess: () => {
        setVoted(true)
        notify(t('recorded'))
      },
      onError: (error) => notifyError(errorText(error).title, errorText(error).next),
    }),
  )
  const shown = isBlind && isSwapped ? ([right, left] as const) : ([left, right] as const)
  const shownIds = isBlind && isSwapped ? ([pair[1], pair[0]] as const) : pair
  const record = (choice: Choice) => {
    const [a, b] = shown.map(({ turns }) => turns.at(-1))
    if (!a || !b) return
    const messages = messagesFor(shown[0].turns.slice(0, -1), settings.system, a.question)
    vote.mutate({
      projectId: project.id,
      messages,
      a: { modelId: shownIds[0], text: a.answer },
      b: { modelId: shownIds[1], text: b.answer },
      choice,
      isBlind,
    })
  }
  const prompting = useMutation(
    query.createPrompt.mutationOptions({
      onSuccess: () => notify(t('promptMade')),
      onError: (error) => notifyError(errorText(error).title, errorText(error).next),
    }),
  )
  const makePrompt = () => {
    const { question: asked } = left.turns.at(-1) ?? {}
    if (!asked) return
    const messages = messagesFor([], settings.system, asked).map((message) => ({ id: crypto.randomUUID(), train: false, ...message }))
    prompting.mutate({ projectId: project.id, messages, source: 'talk' })
  }
  const stop = () => {
    left.stop()
    right.stop()
  }
  useCommands([
    { id: 'send', title: t('send'), keys: 'mod+enter', run: () => void send(), disabled: isWriting || !question.trim() },
    { id: 'stop', title: t('stop'), keys: 'mod+.', run: stop, disabled: !isWriting },
    { id: 'clear', title: t('clear'), run: clear, disabled: left.turns.length === 0 },
    { id: 'blind', title: t('blind'), keys: 'b', run: () => setBlind(!isBlind) },
    { id: 'prompt', title: t('makePrompt'), run: makePrompt, disabled: left.turns.length === 0 },
  ])
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault()
    void send()
  }
  const handleKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    void send()
  }
  const isHidden = isBlind && !hasVoted
  const heading = (at: 0 | 1) => {
    if (isHidden && left.turns.length > 0) return t('side', { letter: at === 0 ? 'A' : 'B' })
    if (isBlind && left.turns.length > 0) return nameOf(shownIds[at])
    return <ModelSelect label={t(at === 0 ? 'left' : 'right')} models={models} value={pair[at]} onChange={(id) => choose(at, id)} />
  }
  return (
    <div className="flex min-h-[calc(100dvh-4rem)] flex-col">
      <PageHeader
        title={t('title')}
        actions={
          <>
            <Switch label={t('blind')} checked={isBlind} onChange={(event) => setBlind(event.target.checked)} />
            {left.turns.length > 0 && project.can('prompt:import') && (
              <Button variant="quiet" pending={prompting.isPending} onClick={makePrompt}>
                {t('makePrompt')}
              </Button>
            )}
            <Button disabled={left.turns.length === 0} onClick={clear}>
              {t('clear')}
            </Button>
          </>
        }
      />
      <TalkSettings settings={settings} onChange={setSettings} />
      <div className="sticky top-0 z-10 grid grid-cols-2 gap-x-8 border-b bg-surface-0 py-2 font-semibold">
        <div className="min-w-0">{heading(0)}</div>
        <div className="min-w-0">{heading(1)}</div>
      </div>
      <ol className="flex-1 space-y-8 py-6" aria-live="polite">
        {shown[0].turns.map((turn, index) => {
          const beside = shown[1].turns[index]
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
      <form onSubmit={handleSubmit} className="sticky bottom-0 border-t bg-surface-0 py-4 max-rail:bottom-14">
        {canVote && <Vote onVote={record} isPending={vote.isPending} />}
        <div className="flex items-end gap-2">
          <Textarea
            aria-label={t('question')}
            placeholder={t('question')}
            value={question}
            onChange={(event) => setQuestion(event.target.value)}
            onKeyDown={handleKeyDown}
            maxLength={100_000}
            autoFocus
          />
          {isWriting ? (
            <Button size="lg" onClick={stop}>
              {t('stop')}
            </Button>
          ) : (
            <Button size="lg" type="submit" variant="primary" disabled={!question.trim()}>
              {t('send')}
            </Button>
          )}
        </div>
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
