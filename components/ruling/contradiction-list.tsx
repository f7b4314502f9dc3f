'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { RuleLink } from '#components/guideline/rule-link.tsx'
import { Button } from '#components/ui/button.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import { RulingText } from './ruling-text.tsx'
import { useSettling } from './settle.tsx'

type Contradiction = Awaited<ReturnType<typeof api.listContradictions>>['items'][number]

function Opposed({ contradiction: { rule, later, earlier } }: { contradiction: Contradiction }) {
  const t = useTranslations('rulings')
  const { overrule, reconcile, isPending } = useSettling()
  return (
    <li className="py-4">
      <h3 className="mb-2">
        <RuleLink slug={rule} />
      </h3>
      <div className="grid grid-cols-1 gap-6 md:grid-cols-2">
        <div className="min-w-0">
          <p className="mb-1 text-ink-3 text-sm">{t('later')}</p>
          <RulingText
            ruling={later}
            action={
              <Button size="sm" className="mt-2" pending={isPending} onClick={() => reconcile(later.id, rule)}>
                {t('reconcile')}
              </Button>
            }
          />
        </div>
        <ul className="min-w-0 space-y-4">
          {earlier.map((ruling) => (
            <li key={ruling.id}>
              <p className="mb-1 text-ink-3 text-sm">{t('earlier')}</p>
              <RulingText
                ruling={ruling}
                action={
                  <p className="mt-2 flex flex-wrap gap-2">
                    <Button size="sm" pending={isPending} onClick={() => overrule(ruling.id, later.id)}>
                      {t('overruleEarlier')}
                    </Button>
                    <Button size="sm" variant="quiet" pending={isPending} onClick={() => overrule(later.id, ruling.id)}>
                      {t('overruleLater')}
                    </Button>
                  </p>
                }
              />
            </li>
          ))}
        </ul>
      </div>
    </li>
  )
}

/** Rulings that find differently on one rule: a work list for managers. */
export function ContradictionList() {
  const t = useTranslations('rulings')
  const project = useProject()
  const list = useQuery(query.listContradictions.queryOptions({ input: { projectId: project.id } }))
  if (list.error) return <ErrorState error={list.error} onRetry={list.refetch} />
  if (!list.data) return <SkeletonRows rows={3} label={t('loading')} />
  const { items, total } = list.data
  if (items.length === 0) return <p className="text-ink-3">{t('noContradictions')}</p>
  return (
    <>
      <ul className="divide-y">
        {items.map((contradiction) => (
          <Opposed key={`${contradiction.rule} ${contradiction.later.id}`} contradiction={contradiction} />
        ))}
      </ul>
      {total > items.length && <p className="mt-2 text-ink-3 text-sm">{t('moreContradictions', { count: total - items.length })}</p>}
    </>
  )
}
