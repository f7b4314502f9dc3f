'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { query } from '#lib/client/api.ts'
import { isBegun, missingIn, type RulingPart, type UnfinishedRuling } from '#lib/client/ruling-draft.ts'
import type { OwnDraft } from './use-review-draft.ts'

/** Where the form takes the cursor. */
export const RULING_FIELD: Record<RulingPart, string> = {
  question: 'ruling-question',
  decision: 'ruling-decision',
  rules: 'ruling-rules',
  finding: 'ruling-rules',
}

const focus = (part: RulingPart) => {
  const field = document.getElementById(RULING_FIELD[part])
  const inside = part === 'finding' ? '[data-cited-rule]:not(:has(:checked)) input' : 'input'
  const target = field?.matches('textarea') ? field : field?.querySelector<HTMLElement>(inside)
  target?.focus()
  target?.scrollIntoView({ block: 'center' })
}

/** The ruling that a decision of an escalation needs, kept with the rest of the draft; `isReady` says what is missing and goes there. */
export function useRulingForm(draft: OwnDraft, isAdjudication: boolean) {
  const t = useTranslations('review')
  const project = useProject()
  const rules = useQuery(
    query.searchRules.queryOptions({ input: { projectId: project.id, search: '' }, staleTime: 300_000, enabled: isAdjudication }),
  )
  const [isAsked, setIsAsked] = useState(false)
  const { ruling } = draft.kept
  const isGiven = isBegun(ruling)
  // Without rules there is nothing to read them by; a ruling that was begun is finished all the same.
  const isNeeded = isGiven || (rules.data?.items.length ?? 1) > 0
  const missing = isNeeded ? missingIn(ruling) : null
  useCommands([{ id: 'ruling', title: t('ruling'), keys: 'q', run: () => focus('question'), disabled: !isAdjudication }])
  return {
    ruling,
    isGiven,
    /** What the form asks for, once a decision was tried. */
    missing: isAsked ? missing : null,
    change: (change: Partial<UnfinishedRuling>) => draft.set({ ruling: { ...ruling, ...change } }),
    isReady: (): boolean => {
      if (missing === null) return true
      setIsAsked(true)
      focus(missing)
      return false
    },
  }
}

export type OwnRuling = ReturnType<typeof useRulingForm>
