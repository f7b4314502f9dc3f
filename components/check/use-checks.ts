'use client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useBackground } from '#components/conversation/use-background.ts'
import { query } from '#lib/client/api.ts'
import type { Finding } from '#lib/domain/check/finding.ts'
import type { CheckSettings } from '#lib/domain/check/settings.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'

const start = () => new Worker(new URL('../../lib/client/check.worker.ts', import.meta.url), { type: 'module' })

/** What the project's checks find in a text, looked for in the background; null until the first answer. */
export function useChecks(projectId: string, language: string, content: DraftContent): readonly Finding[] | null {
  const settings = useQuery(query.getProjectChecks.queryOptions({ input: { projectId } })).data
  const setup = useMemo((): CheckSettings | null => (settings ? { ...settings.checks, language } : null), [settings, language])
  return useBackground<CheckSettings, readonly Finding[]>(start, setup, content)
}
