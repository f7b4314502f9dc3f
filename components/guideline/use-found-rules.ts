'use client'
import { useMemo } from 'react'
import type { Rule } from '#lib/domain/guideline.ts'
import { ruleDocument, searchDocuments } from '#lib/domain/guideline-search.ts'
import { type Applying, appliesIn, isMadeFor } from '#lib/domain/rules.ts'

type Wanted = { search: string; cited: readonly string[]; task: Applying | null; isNarrow: boolean }

// Of what the same search found, a rule for this kind of task is likelier meant than one for another.
const TASK_BONUS = 2
const CITED_BONUS = 100

/** The rules that a search finds, best first, those cited and those made for the task before the others; `isMixed` when some are for other tasks. */
export function useFoundRules<R extends Rule>(
  all: readonly R[] | undefined,
  { search, cited, task, isNarrow }: Wanted,
): { found: R[]; isMixed: boolean } {
  const rules = useMemo(() => all ?? [], [all])
  const documents = useMemo(() => rules.map(ruleDocument), [rules])
  const bySlug = useMemo(() => new Map(rules.map((rule) => [rule.slug, rule])), [rules])
  const isMixed = useMemo(() => task !== null && rules.some((rule) => !appliesIn(rule, task)), [rules, task])
  const found = useMemo(() => {
    const scoreOf = (rule: Rule, score: number): number => {
      const forTask = task === null || task.category === '' ? 0 : isMadeFor(rule, task) ? TASK_BONUS : appliesIn(rule, task) ? 0 : -TASK_BONUS
      return score + forTask + (cited.includes(rule.slug) ? CITED_BONUS : 0)
    }
    return searchDocuments(documents, search)
      .flatMap(({ document, score }) => {
        const rule = bySlug.get(document.name)
        return rule && (!isNarrow || task === null || appliesIn(rule, task)) ? [{ rule, score: scoreOf(rule, score) }] : []
      })
      .sort((a, b) => b.score - a.score)
      .map(({ rule }) => rule)
  }, [documents, bySlug, search, cited, task, isNarrow])
  return { found, isMixed }
}
