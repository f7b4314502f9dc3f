'use client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useBackground } from '#components/conversation/use-background.ts'
import { query } from '#lib/client/api.ts'
import type { Finding } from '#lib/domain/check/finding.ts'
import { openFindings } from '#lib/domain/check/open-findings.ts'
import type { CheckSettings } from '#lib/domain/check/settings.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'

const start = () => new Worker(new URL('../../lib/client/check.worker.ts', import.meta.url), { type: 'module' })

export type Checks = {
  /** What was found last; null before the first answer. */
  findings: readonly Finding[] | null
  /** How many of them stand in the way, in the text as it is now; 0 while it has not been looked at yet: the operation looks too. */
  open: number
}

/** What the project's checks find in a text, looked for in the background. */
export function useChecks(projectId: string, language: string, content: DraftContent): Checks {
  const settings = useQuery(query.getProjectChecks.queryOptions({ input: { projectId } })).data
  const setup = useMemo(
    (): CheckSettings | null => (settings ? { ...settings.checks, language: language || settings.language } : null),
    [settings, language],
  )
  const seen = useBackground<CheckSettings, readonly Finding[]>(start, setup, content)
  const isCurrent = seen?.content.messages === content.messages && seen.content.tools === content.tools
  const open = isCurrent ? openFindings(seen.answer, content.acknowledgements ?? []).length : 0
  return { findings: seen?.answer ?? null, open }
}
