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
  const [refused, setRefused] = useState<{ findings: readonly Finding[]; messages: DraftContent['messages'] }>({ findings: NONE, messages: [] })
  const { messages } = content
  const told = useMemo(() => standingDuplicates(refused.findings, refused.messages, messages), [refused, messages])
  const findings = useMemo(() => {
    const [first] = alike ?? []
    const known = level !== 'off' && first ? nearDuplicateFinding(messages, first, level, first.other?.id ?? '') : null
    const duplicates = known ? [known, ...told.filter(({ at }) => at.message !== known.at.message)] : told
    return seen && [...seen.answer, ...duplicates]
  }, [alike, told, level, messages, seen])
  const isCurrent = seen?.content.messages === content.messages && seen.content.tools === content.tools
  // What was known of the text some seconds ago stands in nobody's way: the server looks at it as it is.
  const open = isCurrent ? openFindings([...seen.answer, ...told], content.acknowledgements ?? []).length : 0
  const learn = (error: unknown) => {
    if (!isApiError(error) || error.code !== 'checks-open') return
    setRefused({ findings: (error.data as { findings: Finding[] }).findings, messages })
    void client.invalidateQueries({ queryKey: query.getProjectChecks.key() })
  }
  return { findings, open, learn }
}
