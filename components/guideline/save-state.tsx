'use client'
import { useTranslations } from 'next-intl'
import { Button } from '#components/ui/button.tsx'
import { useInputFault } from '#components/ui/use-input-fault.ts'
import type { Rule } from '#lib/domain/guideline.ts'
import type { DraftState, FieldFault } from './use-guideline-draft.ts'

type Props = { state: DraftState; rules: readonly Rule[]; onSettle: (choice: 'mine' | 'theirs') => void }

/** Is the draft safe? What the server refused is said by rule and field; the text is kept on this device all the while. */
export function SaveState({ state, rules, onSettle }: Props) {
  const t = useTranslations('guideline')
  const { toldOf } = useInputFault()
  const nameOf = ({ path }: FieldFault): string => {
    const [, index, field] = /^rules\.(\d+)\.(.+)$/.exec(path) ?? []
    if (index === undefined) return path
    return t('ruleField', { number: Number(index) + 1, slug: rules[Number(index)]?.slug ?? '', field: field === 'slug' ? t('slug') : (field ?? '') })
  }
  if (state.kind === 'refused') {
    return (
      <span role="alert" className="text-rejected">
        {t('save.refused')} {state.faults.length === 0 ? state.message : state.faults.map((fault) => `${nameOf(fault)}: ${toldOf(fault)}`).join('; ')}
      </span>
    )
  }
  if (state.kind !== 'conflict') return <span aria-live="polite">{t(`save.${state.kind}`)}</span>
  return (
    <span role="alert" className="flex flex-wrap items-center gap-2 text-changes">
      {t('save.conflict')}
      <Button size="sm" onClick={() => onSettle('mine')}>
        {t('keepMine')}
      </Button>
      <Button size="sm" onClick={() => onSettle('theirs')}>
        {t('takeTheirs')}
      </Button>
    </span>
  )
}
