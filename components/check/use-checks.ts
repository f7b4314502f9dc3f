'use client'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { query } from '#lib/client/api.ts'
import { BackgroundChecks, workerPort } from '#lib/client/background-checks.ts'
import type { Finding } from '#lib/domain/check/finding.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'

const nothing = () => () => {}
const unknown = () => null

/** What the project's checks find in a text, looked for in the background; null until the first answer. */
export function useChecks(projectId: string, language: string, content: DraftContent): readonly Finding[] | null {
  const settings = useQuery(query.getProjectChecks.queryOptions({ input: { projectId } })).data
  const [checks, setChecks] = useState<BackgroundChecks | null>(null)
  useEffect(() => {
    if (!settings) return
    const made = new BackgroundChecks(workerPort(), { ...settings.checks, language })
    setChecks(made)
    return () => made.close()
  }, [settings, language])
  useEffect(() => checks?.check(content), [checks, content])
  return useSyncExternalStore(checks?.subscribe ?? nothing, checks?.getFindings ?? unknown, unknown)
}
