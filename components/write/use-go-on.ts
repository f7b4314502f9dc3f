'use client'
import type { Query } from '@tanstack/react-query'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useProject } from '#components/frame/project.tsx'

/**
 * Goes on to another page and has everything else fetched anew. What is about the conversation left behind is fetched when it is
 * opened again, not now: the page still stands for a moment and would show that it is closed.
 */
export function useGoOn(conversationId: string): (path: string) => void {
  const project = useProject()
  const router = useRouter()
  const client = useQueryClient()
  return (path) => {
    router.push(project.path(path))
    const isLeft = ({ queryKey }: Query) => JSON.stringify(queryKey).includes(conversationId)
    void client.invalidateQueries({ predicate: isLeft, refetchType: 'none' })
    void client.invalidateQueries({ predicate: (each) => !isLeft(each) })
  }
}
