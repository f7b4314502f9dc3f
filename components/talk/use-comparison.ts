'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useSyncExternalStore } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { useMe } from '#components/frame/use-me.ts'
import { useErrorText } from '#components/ui/error-state.tsx'
import { notify, notifyError } from '#components/ui/toast.tsx'
import { type api, query } from '#lib/client/api.ts'
import type { LocalStore } from '#lib/client/local-store.ts'
import { clearTalk, settled, stopTalk, talkKey, talkPlaces, talks } from '#lib/client/talk-store.ts'
import { messagesFor } from './messages-for.ts'
import { useAsk } from './use-ask.ts'
import type { Choice } from './vote.tsx'

export type Model = Awaited<ReturnType<typeof api.listModels>>['items'][number]
type Asked = { left: string | null; right: string | null }

/** The pair the address names, else the one talked to last, else the newest tuned model beside its base, or whatever two there are. */
function pairOf(models: readonly Model[], asked: Asked, kept: readonly [string, string] | null): readonly [string, string] {
  const has = (id: string | null | undefined): id is string => models.some((model) => model.id === id)
  if (!has(asked.left) && !has(asked.right) && kept?.every(has)) return kept
  const tuned = models.find((model) => model.kind === 'tuned')
  const second = has(asked.right) ? asked.right : (tuned?.id ?? models[0]?.id ?? '')
  const base = models.find((model) => model.id === models.find((one) => one.id === second)?.baseModelId)
  const first = has(asked.left) ? asked.left : (base?.id ?? models.find((model) => model.kind === 'base')?.id ?? models[0]?.id ?? '')
  return [first, second]
}

function useKept<T>(store: LocalStore<T>, key: string) {
  const kept = useSyncExternalStore(
    store.subscribe,
    () => store.read(key),
    () => store.empty,
  )
  return [kept, (change: Partial<T>) => store.write(key, { ...store.read(key), ...change })] as const
}

/** Two models asked the same: who stands where, what they answered, and the verdict on it, blind if wished. All of it is kept on this device. */
export function useComparison(models: readonly Model[], asked: Asked, onChoose: () => void) {
  const t = useTranslations('talk')
  const project = useProject()
  const me = useMe()
  const errorText = useErrorText()
  const [place, setPlace] = useKept(talkPlaces, `${me.id}-${project.id}`)
  const pair = pairOf(models, asked, place.pair)
  const key = talkKey(me.id, project.id, pair)
  const [talk, setTalk] = useKept(talks, key)
  const ask = useAsk(key)
  const { isBlind, settings } = place
  const sides = [settled(talk.left), settled(talk.right)] as const
  const isTurned = isBlind && talk.isSwapped
  const turns = isTurned ? ([sides[1], sides[0]] as const) : sides
  const ids = isTurned ? ([pair[1], pair[0]] as const) : pair
  const isWriting = sides.some((side) => side.at(-1)?.state === 'writing')
  const isDone = sides.every((side) => side.at(-1)?.state === 'done')
  const vote = useMutation(
    query.recordComparison.mutationOptions({
      onSuccess: () => {
        setTalk({ hasVoted: true })
        notify(t('recorded'))
      },
      onError: (error) => notifyError(errorText(error).title, errorText(error).next),
    }),
  )
  return {
    /** The answers as they stand on the page, and whose they are. */
    turns,
    ids,
    isBlind,
    setBlind: (value: boolean) => setPlace({ isBlind: value }),
    settings,
    setSettings: (value: typeof settings) => setPlace({ settings: value }),
    question: talk.question,
    setQuestion: (value: string) => setTalk({ question: value }),
    /** Nobody is to know yet which model answered. */
    isHidden: isBlind && !talk.hasVoted,
    isEmpty: talk.left.length === 0,
    isWriting,
    canVote: !isWriting && !talk.hasVoted && isDone && pair[0] !== pair[1],
    isVoting: vote.isPending,
    lastQuestion: talk.left.at(-1)?.question ?? null,
    clear: () => clearTalk(key),
    stop: () => stopTalk(key),
    choose: (at: 0 | 1, id: string) => {
      stopTalk(key)
      setPlace({ pair: at === 0 ? [id, pair[1]] : [pair[0], id] })
      onChoose()
    },
    ask: (text: string) => {
      setPlace({ pair })
      setTalk({ hasVoted: false, question: '' })
      void ask('left', pair[0], text, settings)
      void ask('right', pair[1], text, settings)
    },
    vote: (choice: Choice) => {
      const [a, b] = turns.map((side) => side.at(-1))
      if (!a || !b) return
      const messages = messagesFor(turns[0].slice(0, -1), settings.system, a.question)
      const [first, second] = ids
      vote.mutate({ projectId: project.id, messages, a: { modelId: first, text: a.answer }, b: { modelId: second, text: b.answer }, choice, isBlind })
    },
  }
}

export type Comparison = ReturnType<typeof useComparison>
