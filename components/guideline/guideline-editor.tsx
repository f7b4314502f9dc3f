'use client'
import { Plus, Upload } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Textarea } from '#components/ui/input.tsx'
import { Markdown } from '#components/ui/markdown.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { Section } from '#components/ui/section.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { notifyUndo } from '#components/ui/toast.tsx'
import { EMPTY_EXAMPLE, type GuidelineContent, type Rule } from '#lib/domain/guideline.ts'
import type { Locale } from '#lib/domain/locale.ts'
import { localized } from '#lib/domain/rules.ts'
import { ExportMenu } from './export-menu.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import { ProcedureForm } from './procedure-form.tsx'
import { PublishDialog } from './publish-dialog.tsx'
import { RuleEditor } from './rule-editor.tsx'
import { SaveState } from './save-state.tsx'
import { type FieldFault, useGuidelineDraft } from './use-guideline-draft.ts'
import { withText } from './with-text.ts'

const freshRule = (count: number): Rule => ({
  slug: `helpful/new-rule-${count + 1}`,
  principle: 'helpful',
  level: 'should',
  title: {},
  statement: {},
  rationale: {},
  appliesTo: { roles: ['assistant'], categories: [] },
  good: EMPTY_EXAMPLE,
  bad: EMPTY_EXAMPLE,
  examples: [],
})

const NONE: readonly FieldFault[] = []
const NO_IDS: readonly string[] = []

/** The faults of one rule, by its field. */
const faultsAt = (faults: readonly FieldFault[], index: number): FieldFault[] =>
  faults.filter(({ path }) => path.startsWith(`rules.${index}.`)).map((fault) => ({ ...fault, path: fault.path.split('.').slice(2).join('.') }))

/** Edits the unpublished guideline, one language at a time, with the text as it will read beside it. */
export function GuidelineEditor() {
  const t = useTranslations('guideline')
  const project = useProject()
  const draft = useGuidelineDraft(project.id)
  const [language, setLanguage] = useState<Locale>(project.language === 'zh' ? 'zh' : 'en')
  const [dialog, setDialog] = useState<'publish' | 'import' | null>(null)
  /** What is written is on the server before it is published or a file goes into it. */
  const openDialog = async (which: 'publish' | 'import') => {
    if (await draft.flush()) setDialog(which)
  }
  const publish = () => void openDialog('publish')
  useCommands([
    { id: 'publish', title: t('publish'), keys: 'mod+enter', run: publish },
    { id: 'import', title: t('import'), run: () => void openDialog('import') },
  ])
  if (draft.query.error) return <ErrorState error={draft.query.error} onRetry={draft.query.refetch} />
  const { content } = draft
  const faults = draft.state.kind === 'refused' ? draft.state.faults : NONE
  if (!content) return <SkeletonRows rows={12} label={t('loadingRules')} />
  const set = (change: Partial<GuidelineContent>) => draft.edit({ ...content, ...change })
  const setRule = (index: number, rule: Rule) => set({ rules: content.rules.with(index, rule) })
  const removeRule = (index: number) => {
    const rule = content.rules[index]
    if (!rule) return
    set({ rules: content.rules.toSpliced(index, 1) })
    // The rule alone comes back: what was written since stays.
    notifyUndo(t('ruleRemoved', { slug: rule.slug }), t('undo'), () => draft.edit((now) => ({ ...now, rules: now.rules.toSpliced(index, 0, rule) })))
  }
  const imported = async () => {
    setDialog(null)
    await draft.reload()
    notifyUndo(t('imported'), t('undo'), () => draft.edit(content))
  }
  const moveRule = (index: number, by: -1 | 1) => {
    const rule = content.rules[index]
    const to = index + by
    if (rule && to >= 0 && to < content.rules.length) set({ rules: content.rules.toSpliced(index, 1).toSpliced(to, 0, rule) })
  }
  return (
    <Page>
      <PageHeader
        title={t('editTitle')}
        parent={{ href: project.path('/guideline'), label: t('title') }}
        facts={<SaveState state={draft.state} rules={content.rules} onSettle={draft.settle} />}
        actions={
          <>
            <LanguageSwitch language={language} onChange={setLanguage} />
            <Button icon={<Upload className="size-4" />} onClick={() => void openDialog('import')}>
              {t('import')}
            </Button>
            <ExportMenu version={null} beforeDownload={draft.flush} />
            <Button variant="primary" keys="mod+enter" onClick={publish}>
              {t('publish')}
            </Button>
          </>
        }
      />
      <Section title={t('text')}>
        <Field label={t('guidelineTitle')}>
          <Input
            lang={language}
            value={content.title[language] ?? ''}
            onChange={(event) => set({ title: withText(content.title, language, event.target.value) })}
          />
        </Field>
        <div className="mt-4 grid grid-cols-1 gap-8 lg:grid-cols-2">
          <Field label={t('body')} hint={t('bodyHint')}>
            <Textarea
              lang={language}
              className="min-h-96 font-mono text-sm"
              value={content.body[language] ?? ''}
              onChange={(event) => set({ body: withText(content.body, language, event.target.value) })}
            />
          </Field>
          <div className="min-w-0">
            <p className="mb-1 text-ink-3 text-sm">{t('preview')}</p>
            <Markdown>{localized(content.body, language)}</Markdown>
          </div>
        </div>
      </Section>
      <ProcedureForm
        procedure={content.procedure}
        rules={content.rules}
        language={language}
        faults={faults}
        onChange={(change) => draft.edit((now) => ({ ...now, procedure: change(now.procedure) }))}
      />
      <Section
        title={t('rulesCount', { count: content.rules.length })}
        action={
          <Button icon={<Plus className="size-4" />} onClick={() => set({ rules: [...content.rules, freshRule(content.rules.length)] })}>
            {t('addRule')}
          </Button>
        }
      >
        <ol className="divide-y">
          {content.rules.map((rule, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a rule has no name of its own while its slug is being typed
            <li key={index}>
              <RuleEditor
                rule={rule}
                language={language}
                faults={faultsAt(faults, index)}
                lapsed={draft.query.data?.lapsed ?? NO_IDS}
                onChange={(next) => setRule(index, next)}
                onRemove={() => removeRule(index)}
                onMove={(by) => moveRule(index, by)}
              />
            </li>
          ))}
        </ol>
      </Section>
      {dialog === 'publish' && <PublishDialog open onOpenChange={() => setDialog(null)} draftVersion={draft.version()} />}
      {dialog === 'import' && (
        <ImportDialog open onOpenChange={() => setDialog(null)} language={language} draftVersion={draft.version} onImported={imported} />
      )}
    </Page>
  )
}
