'use client'
import type { Query } from '@tanstack/react-query'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useProject } from '#components/frame/project.tsx'
import type { FollowUp } from '#components/frame/use-follow-up.ts'

/**
 * Goes on to another page and has everything else fetched anew. What is about the conversation left behind is fetched when it is
 * opened again, not now: the page still stands for a moment and would show that it is closed. With `follow` it goes only where
 * the person has not gone elsewhere meanwhile.
 */
export function useGoOn(conversationId: string): (path: string, follow?: FollowUp) => void {
  const project = useProject()
  const router = useRouter()
  const client = useQueryClient()
  return (path, follow) => {
    if (follow) follow('push', project.path(path))
    else router.push(project.path(path))
    const isLeft = ({ queryKey }: Query) => JSON.stringify(queryKey).includes(conversationId)
    void client.invalidateQueries({ predicate: isLeft, refetchType: 'none' })
    void client.invalidateQueries({ predicate: (each) => !isLeft(each) })
  }
}
