'use client'
import { Plus, Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Input, Select, Textarea } from '#components/ui/input.tsx'
import { EMPTY_EXAMPLE, type FurtherExample, type Rule } from '#lib/domain/guideline.ts'
import type { Locale } from '#lib/domain/locale.ts'
import { withText } from './with-text.ts'

type Props = { rule: Rule; language: Locale; lapsed: readonly string[]; onChange: (examples: FurtherExample[]) => void }

/** The id in a pasted address of a conversation, else what was typed. */
const idIn = (text: string): string => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0]?.toLowerCase() ?? text.trim()

/** The examples of a rule besides its first two: written here, or approved conversations of the project. */
export function FurtherExamplesForm({ rule: { examples }, language, lapsed, onChange }: Props) {
  const t = useTranslations('guideline')
  const add = (conversationId: string | null) => onChange([...examples, { ...EMPTY_EXAMPLE, verdict: 'good', conversationId }])
  return (
    <fieldset className="space-y-4">
      <legend className="font-medium text-sm">{t('furtherExamples')}</legend>
      {examples.map((example, index) => {
        const set = (change: Partial<FurtherExample>) => onChange(examples.with(index, { ...example, ...change }))
        const fields = example.conversationId === null ? (['prompt', 'answer', 'why'] as const) : (['why'] as const)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an example has no name
          <div key={index} className={`space-y-2 border-l-2 pl-3 ${example.verdict === 'good' ? 'border-approved' : 'border-rejected'}`}>
            <div className="flex flex-wrap items-end gap-3">
              <Field label={t('exampleNumber', { number: index + 1 })}>
                <Select value={example.verdict} onChange={(event) => set({ verdict: event.target.value === 'bad' ? 'bad' : 'good' })}>
                  <option value="good">{t('good')}</option>
                  <option value="bad">{t('bad')}</option>
                </Select>
              </Field>
              {example.conversationId !== null && (
                <Field
                  label={t('exampleConversation')}
                  hint={lapsed.includes(example.conversationId) ? t('lapsedHint') : undefined}
                  className="min-w-56 flex-1"
                >
                  <Input
                    className="font-mono"
                    value={example.conversationId}
                    onChange={(event) => set({ conversationId: idIn(event.target.value) })}
                  />
                </Field>
              )}
              <IconButton
                label={t('removeExample', { number: index + 1 })}
                icon={<Trash2 />}
                onClick={() => onChange(examples.toSpliced(index, 1))}
              />
            </div>
            {fields.map((field) => (
              <Field key={field} label={t(`example.${example.verdict}.${field}`)}>
                <Textarea
                  lang={language}
                  value={example[field][language] ?? ''}
                  onChange={(event) => set({ [field]: withText(example[field], language, event.target.value) })}
                />
              </Field>
            ))}
          </div>
        )
      })}
      <div className="flex flex-wrap gap-2">
        <Button size="sm" icon={<Plus className="size-4" />} onClick={() => add(null)}>
          {t('addExample')}
        </Button>
        <Button size="sm" icon={<Plus className="size-4" />} onClick={() => add('')}>
          {t('addConversation')}
        </Button>
      </div>
    </fieldset>
  )
}
