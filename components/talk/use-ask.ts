'use client'
import { useProject } from '#components/frame/project.tsx'
import { useFinding } from '#components/run/finding.ts'
import { useErrorText } from '#components/ui/error-state.tsx'
import { api } from '#lib/client/api.ts'
import { receive, type Side, type TalkSettings, talks } from '#lib/client/talk-store.ts'
import { newId } from '#lib/domain/new-id.ts'
import type { Facts } from '#lib/domain/training/finding.ts'
import { messagesFor } from './messages-for.ts'

type Words = (failure: { code: string; facts: Facts }) => string

/** Asks the model of one side; its answer comes into the kept talk piece by piece. */
export function useAsk(key: string) {
  const project = useProject()
  const errorText = useErrorText()
  const finding = useFinding('reply')
  const wordsOf: Words = (failure) => {
    const { message, cure } = finding(failure)
    return `${message} ${cure}`
  }
  return (side: Side, modelId: string, question: string, { system, ...settings }: TalkSettings): Promise<void> => {
    const messages = messagesFor(talks.read(key)[side], system, question)
    const open = async (signal: AbortSignal) =>
      parts(await api.generateReply({ projectId: project.id, modelId, messages, ...settings }, { signal }), wordsOf)
    return receive(key, side, { id: newId(), question }, open, (error) => {
      const { title, next } = errorText(error)
      return `${title}. ${next}`
    })
  }
}

async function* parts(reply: Awaited<ReturnType<typeof api.generateReply>>, wordsOf: Words) {
  for await (const part of reply) yield part.type === 'error' ? { type: part.type, problem: wordsOf(part) } : part
}
