'use client'
import { ArrowDown, ArrowUp, Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Field } from '#components/ui/field.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Input, Select, Textarea } from '#components/ui/input.tsx'
import { useInputFault } from '#components/ui/use-input-fault.ts'
import { type Rule, RuleLevel, RulePrinciple, RuleSlug } from '#lib/domain/guideline.ts'
import type { Locale } from '#lib/domain/locale.ts'
import { FurtherExamplesForm } from './further-examples-form.tsx'
import { NamesInput } from './names-input.tsx'
import type { FieldFault } from './use-guideline-draft.ts'
import { withText } from './with-text.ts'

type Props = {
  rule: Rule
  language: Locale
  /** What the server refused in it, by field. */
  faults: readonly FieldFault[]
  /** Conversations shown as examples that are approved no more. */
  lapsed: readonly string[]
  onChange: (rule: Rule) => void
  onRemove: () => void
  onMove: (by: -1 | 1) => void
}

function ExampleFields({ rule, kind, language, onChange }: Pick<Props, 'rule' | 'language' | 'onChange'> & { kind: 'good' | 'bad' }) {
  const t = useTranslations('guideline')
  const example = rule[kind]
  const set = (field: 'prompt' | 'answer' | 'why', value: string) =>
    onChange({ ...rule, [kind]: { ...example, [field]: withText(example[field], language, value) } })
  return (
    <fieldset className={`space-y-2 border-l-2 pl-3 ${kind === 'good' ? 'border-approved' : 'border-rejected'}`}>
      <legend className="sr-only">{t(kind)}</legend>
      {(['prompt', 'answer', 'why'] as const).map((field) => (
        <Field key={field} label={t(`example.${kind}.${field}`)}>
          <Textarea lang={language} value={example[field][language] ?? ''} onChange={(event) => set(field, event.target.value)} />
        </Field>
      ))}
    </fieldset>
  )
}

/** The fields of one rule in one language. */
export function RuleForm({ rule, language, faults, lapsed, onChange, onRemove, onMove }: Props) {
  const t = useTranslations('guideline')
  const { toldOf } = useInputFault()
  const slugFault = RuleSlug.safeParse(rule.slug).error?.issues[0]?.message
  const text = (field: 'title' | 'statement' | 'rationale', value: string) => onChange({ ...rule, [field]: withText(rule[field], language, value) })
  return (
    <div className="space-y-3 py-5">
      {faults.map(
        (fault) =>
          fault.path !== 'slug' && (
            <p key={fault.path} role="alert" className="text-rejected text-sm">
              {fault.path}: {toldOf(fault)}
            </p>
          ),
      )}
      <div className="flex flex-wrap items-end gap-3">
        <Field label={t('slug')} error={slugFault ? t('slugFault') : undefined} className="min-w-56 flex-1">
          <Input className="font-mono" value={rule.slug} onChange={(event) => onChange({ ...rule, slug: event.target.value })} />
        </Field>
        <Field label={t('principleLabel')}>
          <Select value={rule.principle} onChange={(event) => onChange({ ...rule, principle: RulePrinciple.parse(event.target.value) })}>
            {RulePrinciple.options.map((principle) => (
              <option key={principle} value={principle}>
                {t(`principle.${principle}`)}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('levelLabel')}>
          <Select value={rule.level} onChange={(event) => onChange({ ...rule, level: RuleLevel.parse(event.target.value) })}>
            {RuleLevel.options.map((level) => (
              <option key={level} value={level}>
                {t(`level.${level}`)}
              </option>
            ))}
          </Select>
        </Field>
        <div className="flex gap-1">
          <IconButton label={t('moveUp')} icon={<ArrowUp />} onClick={() => onMove(-1)} />
          <IconButton label={t('moveDown')} icon={<ArrowDown />} onClick={() => onMove(1)} />
          <IconButton label={t('removeRule')} icon={<Trash2 />} onClick={onRemove} />
        </div>
      </div>
      <Field label={t('ruleTitle')}>
        <Input lang={language} value={rule.title[language] ?? ''} onChange={(event) => text('title', event.target.value)} />
      </Field>
      <Field label={t('statement')}>
        <Textarea lang={language} value={rule.statement[language] ?? ''} onChange={(event) => text('statement', event.target.value)} />
      </Field>
      <Field label={t('rationale')}>
        <Textarea lang={language} value={rule.rationale[language] ?? ''} onChange={(event) => text('rationale', event.target.value)} />
      </Field>
      <div className="grid grid-cols-1 gap-4 md:grid-cols-2">
        <NamesInput
          label={t('categories')}
          hint={t('categoriesHint')}
          value={rule.appliesTo.categories}
          onChange={(categories) => onChange({ ...rule, appliesTo: { ...rule.appliesTo, categories } })}
        />
        <NamesInput
          label={t('roles')}
          hint={t('rolesHint')}
          value={rule.appliesTo.roles}
          onChange={(roles) => onChange({ ...rule, appliesTo: { ...rule.appliesTo, roles } })}
        />
      </div>
      <div className="grid grid-cols-1 gap-4 md:grid-cols-2">
        <ExampleFields rule={rule} kind="good" language={language} onChange={onChange} />
        <ExampleFields rule={rule} kind="bad" language={language} onChange={onChange} />
      </div>
      <FurtherExamplesForm rule={rule} language={language} lapsed={lapsed} onChange={(examples) => onChange({ ...rule, examples })} />
    </div>
  )
}
