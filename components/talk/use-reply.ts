'use client'
import { useRef, useState } from 'react'
import { useErrorText } from '#components/ui/error-state.tsx'
import { api } from '#lib/client/api.ts'
import { newId } from '#lib/domain/new-id.ts'

export type Settings = { system: string; temperature: number; maxTokens: number; seed: number }
export type Turn = {
  id: string
  question: string
  answer: string
  state: 'writing' | 'done' | 'stopped' | 'failed'
  /** Why it failed, in words. */
  problem: string | null
  tokens: number | null
  tokensPerSecond: number | null
}
type Message = { role: 'system' | 'user' | 'assistant'; content: string }

/** What a model is sent: the system text, the turns both sides have seen, and the new question. A turn that failed said nothing. */
export function messagesFor(turns: readonly Turn[], system: string, question: string): Message[] {
  const past = turns
    .filter((turn) => turn.answer !== '')
    .flatMap((turn): Message[] => [
      { role: 'user', content: turn.question },
      { role: 'assistant', content: turn.answer },
    ])
  return [...(system.trim() ? [{ role: 'system' as const, content: system }] : []), ...past, { role: 'user', content: question }]
}

/** One side of a talk: its turns, and the answer being written. */
export function useReply(projectId: string) {
  const errorText = useErrorText()
  const [turns, setTurns] = useState<Turn[]>([])
  const abort = useRef<AbortController | null>(null)
  const change = (id: string, next: Partial<Turn> | ((turn: Turn) => Partial<Turn>)) =>
    setTurns((all) => all.map((turn) => (turn.id === id ? { ...turn, ...(typeof next === 'function' ? next(turn) : next) } : turn)))

  const send = async (modelId: string, question: string, { system, ...settings }: Settings): Promise<void> => {
    const id = newId()
    const controller = new AbortController()
    abort.current = controller
    setTurns((all) => [...all, { id, question, answer: '', state: 'writing', problem: null, tokens: null, tokensPerSecond: null }])
    try {
      const parts = await api.generateReply(
        { projectId, modelId, messages: messagesFor(turns, system, question), ...settings },
        { signal: controller.signal },
      )
      for await (const part of parts) {
        if (part.type === 'text') change(id, (turn) => ({ answer: turn.answer + part.text }))
        else if (part.type === 'done') change(id, { state: 'done', tokens: part.tokens, tokensPerSecond: part.tokensPerSecond })
        else change(id, { state: 'failed', problem: `${part.message} ${part.cure}` })
      }
      change(id, (turn) => (turn.state === 'writing' ? { state: 'stopped' } : {}))
    } catch (error) {
      if (controller.signal.aborted) return change(id, { state: 'stopped' })
      const { title, next } = errorText(error)
      change(id, { state: 'failed', problem: `${title}. ${next}` })
    }
  }

  return {
    turns,
    send,
    isWriting: turns.some((turn) => turn.state === 'writing'),
    stop: () => abort.current?.abort(),
    clear: () => {
      abort.current?.abort()
      setTurns([])
    },
  }
}
