'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { useErrorText } from '#components/ui/error-state.tsx'
import { notify, notifyError } from '#components/ui/toast.tsx'
import { type api, query } from '#lib/client/api.ts'
import { messagesFor, type Settings, useReply } from './use-reply.ts'
import type { Choice } from './vote.tsx'

export type Model = Awaited<ReturnType<typeof api.listModels>>['items'][number]

/** The newest tuned model beside its base, or whatever two there are. */
function firstPair(models: readonly Model[], left: string | null, right: string | null): [string, string] {
  const has = (id: string | null | undefined) => models.some((model) => model.id === id)
  const tuned = models.find((model) => model.kind === 'tuned')
  const second = right && has(right) ? right : (tuned?.id ?? models[0]?.id ?? '')
  const base = models.find((model) => model.id === models.find((one) => one.id === second)?.baseModelId)
  const first = left && has(left) ? left : (base?.id ?? models.find((model) => model.kind === 'base')?.id ?? models[0]?.id ?? '')
  return [first, second]
}

/** Two models asked the same: who stands where, what they answered, and the verdict on it, blind if wished. */
export function useComparison(models: readonly Model[], asked: { left: string | null; right: string | null }) {
  const t = useTranslations('talk')
  const project = useProject()
  const errorText = useErrorText()
  const [pair, setPair] = useState(() => firstPair(models, asked.left, asked.right))
  const [isBlind, setBlind] = useState(false)
  const [isSwapped, setSwapped] = useState(false)
  const [hasVoted, setVoted] = useState(false)
  const left = useReply(project.id)
  const right = useReply(project.id)
  const isWriting = left.isWriting || right.isWriting
  const isTurned = isBlind && isSwapped
  const shown = isTurned ? ([right, left] as const) : ([left, right] as const)
  const ids = isTurned ? ([pair[1], pair[0]] as const) : pair
  const isDone = [left, right].every(({ turns }) => turns.at(-1)?.state === 'done')
  const vote = useMutation(
    query.recordComparison.mutationOptions({
      onSuccess: () => {
        setVoted(true)
        notify(t('recorded'))
      },
      onError: (error) => notifyError(errorText(error).title, errorText(error).next),
    }),
  )
  const clear = () => {
    left.clear()
    right.clear()
    setVoted(false)
    // Chance decides anew which model stands where.
    setSwapped(Math.random() < 0.5)
  }
  return {
    /** The answers as they stand on the page, and whose they are. */
    turns: [shown[0].turns, shown[1].turns] as const,
    ids,
    isBlind,
    setBlind,
    /** Nobody is to know yet which model answered. */
    isHidden: isBlind && !hasVoted,
    isEmpty: left.turns.length === 0,
    isWriting,
    canVote: !isWriting && !hasVoted && isDone && pair[0] !== pair[1],
    isVoting: vote.isPending,
    lastQuestion: left.turns.at(-1)?.question ?? null,
    clear,
    choose: (at: 0 | 1, id: string) => {
      setPair(at === 0 ? [id, pair[1]] : [pair[0], id])
      clear()
    },
    ask: async (text: string, settings: Settings) => {
      setVoted(false)
      await Promise.all([left.send(pair[0], text, settings), right.send(pair[1], text, settings)])
    },
    stop: () => {
      left.stop()
      right.stop()
    },
    vote: (choice: Choice, system: string) => {
      const [a, b] = shown.map(({ turns }) => turns.at(-1))
      if (!a || !b) return
      const messages = messagesFor(shown[0].turns.slice(0, -1), system, a.question)
      const [first, second] = ids
      vote.mutate({ projectId: project.id, messages, a: { modelId: first, text: a.answer }, b: { modelId: second, text: b.answer }, choice, isBlind })
    },
  }
}

export type Comparison = ReturnType<typeof useComparison>
