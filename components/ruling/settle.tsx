'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { useErrorText } from '#components/ui/error-state.tsx'
import { notify, notifyError, notifyUndo } from '#components/ui/toast.tsx'
import { query } from '#lib/client/api.ts'
import type { Ruling } from './ruling-text.tsx'

/** What settles a contradiction, each with the way back. */
export function useSettling() {
  const t = useTranslations('rulings')
  const client = useQueryClient()
  const errorText = useErrorText()
  const options = {
    onError: (error: unknown) => notifyError(errorText(error).title, errorText(error).next),
    onSettled: () =>
      Promise.all(
        [query.listContradictions.key(), query.listRulings.key(), query.getRuling.key(), query.searchRules.key(), query.getGuideline.key()].map(
          (queryKey) => client.invalidateQueries({ queryKey }),
        ),
      ),
  }
  const overruling = useMutation(query.overruleRuling.mutationOptions(options))
  const reconciling = useMutation(query.reconcileRuling.mutationOptions(options))
  const letStand = (rulingId: string) => overruling.mutate({ rulingId, byId: null }, { onSuccess: () => notify(t('standsAgain')) })
  return {
    isPending: overruling.isPending || reconciling.isPending,
    overrule: (rulingId: string, byId: string) =>
      overruling.mutate({ rulingId, byId }, { onSuccess: () => notifyUndo(t('overruleDone'), t('undo'), () => letStand(rulingId)) }),
    reconcile: (rulingId: string, rule: string) =>
      reconciling.mutate(
        { rulingId, rule },
        { onSuccess: () => notifyUndo(t('reconcileDone'), t('undo'), () => reconciling.mutate({ rulingId, rule, reconciled: false })) },
      ),
    letStand,
  }
}

/** Lets an overruled ruling stand again, for those who may settle such things. */
export function StandsAgain({ ruling }: { ruling: Ruling }) {
  const t = useTranslations('rulings')
  const project = useProject()
  const { letStand, isPending } = useSettling()
  if (!ruling.overruled || !project.can('ruling:settle')) return null
  return (
    <Button className="mt-4" pending={isPending} onClick={() => letStand(ruling.id)}>
      {t('letStand')}
    </Button>
  )
}
