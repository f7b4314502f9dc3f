'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useBackground } from '#components/conversation/use-background.ts'
import { isApiError, query } from '#lib/client/api.ts'
import type { Finding } from '#lib/domain/check/finding.ts'
import { openFindings } from '#lib/domain/check/open-findings.ts'
import type { CheckSettings } from '#lib/domain/check/settings.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'
import { nearDuplicateFinding, standingDuplicates } from '#lib/domain/near-duplicate/finding.ts'
import { useOwnNearDuplicates } from './use-near-duplicates.ts'

const start = () => new Worker(new URL('../../lib/client/check.worker.ts', import.meta.url), { type: 'module' })

export type Checks = {
  /** What was found last; null before the first answer. */
  findings: readonly Finding[] | null
  /** How many of them stand in the way, in the text as it is now; 0 while it has not been looked at yet: the operation looks too. */
  open: number
  /** Takes in what the server refused a text for: it may look for other things than this page, and knows the other conversations. */
  learn: (error: unknown) => void
}

type Checked = { id: string; projectId: string; language: string }

const NONE: readonly Finding[] = []

/** What the project's checks find in a text, looked for in the background. `saved` names the text the server has, null while it is behind. */
export function useChecks({ id, projectId, language }: Checked, content: DraftContent, saved: string | number | null): Checks {
  const client = useQueryClient()
  const settings = useQuery(query.getProjectChecks.queryOptions({ input: { projectId } })).data
  const setup = useMemo(
    (): CheckSettings | null => (settings ? { ...settings.checks, language: language || settings.language } : null),
    [settings, language],
  )
  const seen = useBackground<CheckSettings, readonly Finding[]>(start, setup, content)
  const level = settings?.checks.levels['near-duplicate'] ?? settings?.available.find((check) => check.id === 'near-duplicate')?.level ?? 'off'
  const alike = useOwnNearDuplicates(id, saved, { isWanted: level !== 'off' })
  const [refused, setRefused] = useState(NONE)
  const { messages } = content
  const duplicates = useMemo(() => {
    if (level === 'off') return NONE
    const known = (alike ?? []).map((each) => nearDuplicateFinding(messages, each, level, each.other?.id ?? ''))
    return standingDuplicates([...known, ...refused], messages)
  }, [alike, refused, level, messages])
  const findings = useMemo(() => seen && [...seen.answer, ...duplicates], [seen, duplicates])
  const isCurrent = seen?.content.messages === content.messages && seen.content.tools === content.tools
  const open = isCurrent ? openFindings(findings ?? NONE, content.acknowledgements ?? []).length : 0
  const learn = (error: unknown) => {
    if (!isApiError(error) || error.code !== 'checks-open') return
    setRefused((error.data as { findings: Finding[] }).findings)
    void client.invalidateQueries({ queryKey: query.getProjectChecks.key() })
  }
  return { findings, open, learn }
}
