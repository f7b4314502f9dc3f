'use client'
import { useTranslations } from 'next-intl'
import { Button } from '#components/ui/button.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'

export type Choice = 'a' | 'b' | 'tie' | 'neither'
const CHOICES: readonly { choice: Choice; keys: string }[] = [
  { choice: 'a', keys: '1' },
  { choice: 'b', keys: '2' },
  { choice: 'tie', keys: '3' },
  { choice: 'neither', keys: '4' },
]

/** Which answer was better, by key or button. */
export function Vote({ onVote, isPending }: { onVote: (choice: Choice) => void; isPending: boolean }) {
  const t = useTranslations('talk')
  useCommands(
    CHOICES.map(({ choice, keys }) => ({ id: `vote-${choice}`, title: t(`choice.${choice}`), keys, run: () => onVote(choice), disabled: isPending })),
  )
  return (
    <fieldset className="mb-3 flex flex-wrap items-center gap-2">
      <legend className="float-left mr-3 text-ink-2">{t('which')}</legend>
      {CHOICES.map(({ choice, keys }) => (
        <Button key={choice} size="sm" keys={keys} pending={isPending} onClick={() => onVote(choice)}>
          {t(`choice.${choice}`)}
        </Button>
      ))}
    </fieldset>
  )
}
