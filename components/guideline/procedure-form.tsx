'use client'
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Input, Textarea } from '#components/ui/input.tsx'
import { Section } from '#components/ui/section.tsx'
import { notifyUndo } from '#components/ui/toast.tsx'
import { useInputFault } from '#components/ui/use-input-fault.ts'
import { type ConflictStep, type GuidelineContent, RuleLevel, RulePrinciple } from '#lib/domain/guideline.ts'
import type { Locale } from '#lib/domain/locale.ts'
import { NamesInput } from './names-input.tsx'
import type { FieldFault } from './use-guideline-draft.ts'
import { withText } from './with-text.ts'

type Props = {
  procedure: GuidelineContent['procedure']
  rules: GuidelineContent['rules']
  language: Locale
  faults: readonly FieldFault[]
  onChange: (change: (now: GuidelineContent['procedure']) => GuidelineContent['procedure']) => void
}

/** A name no step has yet. */
function freshId(procedure: readonly ConflictStep[]): string {
  let number = procedure.length + 1
  while (procedure.some(({ id }) => id === `step-${number}`)) number++
  return `step-${number}`
}

/** The steps of the conflict procedure in one language: their order, their texts and what they rank. */
export function ProcedureForm({ procedure, rules, language, faults, onChange }: Props) {
  const t = useTranslations('guideline')
  const { toldOf } = useInputFault()
  const set = (index: number, change: Partial<ConflictStep>) =>
    onChange((now) => now.map((step, at) => (at === index ? { ...step, ...change } : step)))
  const move = (index: number, by: -1 | 1) =>
    onChange((now) => {
      const step = now[index]
      const to = index + by
      return step && to >= 0 && to < now.length ? now.toSpliced(index, 1).toSpliced(to, 0, step) : now
    })
  const remove = (index: number) => {
    const step = procedure[index]
    if (!step) return
    onChange((now) => now.toSpliced(index, 1))
    notifyUndo(t('stepRemoved', { number: index + 1 }), t('undo'), () => onChange((now) => now.toSpliced(index, 0, step)))
  }
  return (
    <Section
      title={t('procedure')}
      hint={t('procedureHint')}
      action={
        <Button icon={<Plus className="size-4" />} onClick={() => onChange((now) => [...now, { id: freshId(now), text: {}, ranks: [] }])}>
          {t('addStep')}
        </Button>
      }
    >
      <datalist id="ranked-names">
        {[...RuleLevel.options, ...RulePrinciple.options, ...rules.map(({ slug }) => slug)].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <ol className="space-y-5">
        {procedure.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step has no name of its own while its name is being typed
          <li key={index} className="grid gap-3 border-l-2 pl-3">
            {faults
              .filter(({ path }) => path.startsWith(`procedure.${index}.`))
              .map((fault) => (
                <p key={fault.path} role="alert" className="text-rejected text-sm">
                  {toldOf(fault)}
                </p>
              ))}
            <Field label={t('stepNumber', { number: index + 1 })}>
              <Textarea
                lang={language}
                value={step.text[language] ?? ''}
                onChange={(event) => set(index, { text: withText(step.text, language, event.target.value) })}
              />
            </Field>
            <div className="flex flex-wrap items-start gap-3">
              <Field label={t('stepName')} className="w-44">
                <Input className="font-mono" value={step.id} onChange={(event) => set(index, { id: event.target.value })} />
              </Field>
              <NamesInput
                label={t('ranks')}
                hint={t('ranksHint')}
                className="min-w-56 flex-1"
                list="ranked-names"
                value={step.ranks}
                onChange={(ranks) => set(index, { ranks })}
              />
              <div className="flex gap-1 pt-6">
                <IconButton
                  label={t('moveStepUp', { number: index + 1 })}
                  icon={<ArrowUp />}
                  disabled={index === 0}
                  onClick={() => move(index, -1)}
                />
                <IconButton
                  label={t('moveStepDown', { number: index + 1 })}
                  icon={<ArrowDown />}
                  disabled={index === procedure.length - 1}
                  onClick={() => move(index, 1)}
                />
                <IconButton label={t('removeStep', { number: index + 1 })} icon={<Trash2 />} onClick={() => remove(index)} />
              </div>
            </div>
          </li>
        ))}
      </ol>
    </Section>
  )
}
