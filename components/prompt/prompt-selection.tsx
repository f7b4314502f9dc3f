'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { useErrorText } from '#components/ui/error-state.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { notify, notifyError } from '#components/ui/toast.tsx'
import { WorkBar } from '#components/ui/work-bar.tsx'
import { query } from '#lib/client/api.ts'
import { ChangePrompts } from './change-prompts.tsx'
import type { Prompt } from './prompt-list.tsx'

/** What a manager does with the prompts that were chosen. */
export function PromptSelection({ prompts, onClear }: { prompts: readonly Prompt[]; onClear: () => void }) {
  const t = useTranslations('queue')
  const { id: projectId } = useProject()
  const client = useQueryClient()
  const errorText = useErrorText()
  const [isChanging, setIsChanging] = useState(false)
  const refresh = () => client.invalidateQueries({ queryKey: query.listPrompts.key() })
  const hold = useMutation(
    query.updatePrompts.mutationOptions({
      onSuccess: ({ updated, unchanged }, { isHeld }) => {
        notify(t(isHeld ? 'heldBack' : 'givenOut', { count: updated }), unchanged > 0 ? t('unchanged', { count: unchanged }) : undefined)
        return refresh()
      },
      onError: (error) => notifyError(errorText(error).title, errorText(error).next),
    }),
  )
  const setHeld = (isHeld: boolean) => hold.mutate({ projectId, promptIds: prompts.map(({ id }) => id), isHeld })
  const [mayHold, mayGiveOut] = [prompts.some(({ state }) => state === 'open'), prompts.some(({ state }) => state === 'held')]
  useCommands([
    { id: 'change-prompts', title: t('change'), keys: 'e', run: () => setIsChanging(true) },
    { id: 'hold-prompts', title: t('hold'), keys: 'h', run: () => setHeld(true), disabled: !mayHold },
    { id: 'give-out-prompts', title: t('giveOut'), run: () => setHeld(false), disabled: !mayGiveOut },
    { id: 'clear-choice', title: t('clear'), keys: 'escape', run: onClear },
  ])
  return (
    <WorkBar className="-mx-4 mt-4 sm:-mx-6">
      <span role="status" className="mr-auto">
        {t('chosen', { count: prompts.length })}
      </span>
      <Button variant="quiet" keys="escape" onClick={onClear}>
        {t('clear')}
      </Button>
      {mayGiveOut && (
        <Button pending={hold.isPending} onClick={() => setHeld(false)}>
          {t('giveOut')}
        </Button>
      )}
      {mayHold && (
        <Button keys="h" pending={hold.isPending} onClick={() => setHeld(true)}>
          {t('hold')}
        </Button>
      )}
      <Button variant="primary" keys="e" onClick={() => setIsChanging(true)}>
        {t('change')}
      </Button>
      {isChanging && (
        <ChangePrompts
          prompts={prompts}
          onClose={() => setIsChanging(false)}
          onDone={(count) => {
            setIsChanging(false)
            notify(t('changed', { count }))
            void refresh()
          }}
        />
      )}
    </WorkBar>
  )
}
