'use client'
import { X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useId } from 'react'
import { RuleLink } from '#components/guideline/rule-link.tsx'
import { RuleSearch } from '#components/guideline/rule-search.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field } from '#components/ui/field.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Textarea } from '#components/ui/input.tsx'
import type { UnfinishedRuling } from '#lib/client/ruling-draft.ts'
import { type OwnRuling, RULING_FIELD } from './use-ruling-form.ts'

const FINDINGS = ['kept', 'broken'] as const
type Cited = UnfinishedRuling['rules'][number]

/** A rule the ruling reads: did the text keep to it? */
function RuleFindingField({ cited, onChange, onRemove }: { cited: Cited; onChange: (cited: Cited) => void; onRemove: () => void }) {
  const t = useTranslations('review')
  const name = useId()
  return (
    <li data-cited-rule={cited.rule} className="flex items-center gap-2 py-1.5">
      <fieldset className="min-w-0 flex-1">
        <legend className="sr-only">{t('findingOf', { rule: cited.rule })}</legend>
        <RuleLink slug={cited.rule} />
        <div className="mt-0.5 flex flex-wrap gap-1">
          {FINDINGS.map((finding) => (
            <label
              key={finding}
              className="cursor-pointer rounded-md border border-line px-2 py-0.5 text-sm outline-offset-2 hover:bg-surface-2 has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name={name}
                className="sr-only"
                checked={cited.finding === finding}
                onChange={() => onChange({ ...cited, finding })}
              />
              {t(`finding.${finding}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <IconButton label={t('removeRule', { rule: cited.rule })} icon={<X />} onClick={onRemove} />
    </li>
  )
}

/** What the decision says for the cases to come: the question, the decision, the reasons, and how it reads which rules. */
export function RulingForm({ form, cited }: { form: OwnRuling; cited: readonly string[] }) {
  const t = useTranslations('review')
  const { ruling, missing, change } = form
  const errorOf = (part: NonNullable<typeof missing>) => (missing === part ? t(`rulingMissing.${part}`) : null)
  const pick = (slug: string) => {
    if (!ruling.rules.some(({ rule }) => rule === slug)) change({ rules: [...ruling.rules, { rule: slug, finding: null }] })
    // On to what is asked of it.
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-cited-rule="${CSS.escape(slug)}"] input`)?.focus())
  }
  const rulesError = errorOf('rules') ?? errorOf('finding')
  return (
    <section aria-label={t('ruling')} className="space-y-3 border-escalated border-l-2 pl-3">
      <div>
        <h2 className="font-medium text-sm">{t('ruling')}</h2>
        <p className="text-ink-3 text-sm">{t('rulingHint')}</p>
      </div>
      <Field id={RULING_FIELD.question} label={t('rulingQuestion')} hint={t('rulingQuestionHint')} required error={errorOf('question')}>
        <Textarea rows={2} value={ruling.question} onChange={(event) => change({ question: event.target.value })} />
      </Field>
      <Field id={RULING_FIELD.decision} label={t('rulingDecision')} required error={errorOf('decision')}>
        <Textarea rows={2} value={ruling.decision} onChange={(event) => change({ decision: event.target.value })} />
      </Field>
      <Field label={t('rulingReasons')}>
        <Textarea rows={2} value={ruling.reasons} onChange={(event) => change({ reasons: event.target.value })} />
      </Field>
      <fieldset id={RULING_FIELD.rules} className="min-w-0">
        <legend className="mb-1 font-medium text-sm">{t('rulingRules')}</legend>
        {rulesError && (
          <p role="alert" className="mb-1 text-rejected text-sm">
            {rulesError}
          </p>
        )}
        {ruling.rules.length > 0 && (
          <ul className="mb-2 divide-y">
            {ruling.rules.map((each) => (
              <RuleFindingField
                key={each.rule}
                cited={each}
                onChange={(now) => change({ rules: ruling.rules.map((other) => (other.rule === now.rule ? now : other)) })}
                onRemove={() => change({ rules: ruling.rules.filter(({ rule }) => rule !== each.rule) })}
              />
            ))}
          </ul>
        )}
        {!ruling.gap && (
          <div className="max-h-44 overflow-y-auto">
            {/* Empty again after each rule. */}
            <RuleSearch key={ruling.rules.length} cited={cited} onPick={({ slug }) => pick(slug)} />
          </div>
        )}
        {ruling.rules.length === 0 && (
          <Checkbox
            className="mt-2"
            label={t('gap')}
            hint={t('rulingGapHint')}
            checked={ruling.gap}
            onChange={(event) => change({ gap: event.target.checked })}
          />
        )}
      </fieldset>
    </section>
  )
}
