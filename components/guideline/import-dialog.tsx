'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Select, Textarea } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'
import { RulePrinciple } from '#lib/domain/guideline.ts'
import { LOCALES, type Locale } from '#lib/domain/locale.ts'
import { LANGUAGE_NAMES } from './export-menu.tsx'
import { ImportPreview } from './import-preview.tsx'

type Props = {
  open: boolean
  onOpenChange: (open: boolean) => void
  language: Locale
  /** The version of the draft that the file goes into. */
  draftVersion: () => number
  /** The draft is another now. */
  onImported: () => void
}

/** Takes a Markdown file into the draft, in one language, after showing what that changes. */
export function ImportDialog({ open, onOpenChange, language, draftVersion, onImported }: Props) {
  const t = useTranslations('guideline')
  const { id: projectId } = useProject()
  const [typed, setTyped] = useState('')
  // The text of a file stays out of the field: hundreds of pages would hold it up.
  const [file, setFile] = useState<string | null>(null)
  const text = file ?? typed
  const [into, setInto] = useState<Locale>(language)
  const [principle, setPrinciple] = useState<RulePrinciple>('helpful')
  const sent = { projectId, language: into, text, principle }
  const preview = useMutation(query.previewGuidelineImport.mutationOptions())
  const take = useMutation(query.importGuideline.mutationOptions({ onSuccess: onImported }))
  const forget = () => {
    preview.reset()
    take.reset()
  }
  const isShown = preview.data?.changes != null
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="lg"
      title={t('import')}
      description={t('importHint', { example: '{#principle/name level=must}' })}
      footer={
        isShown ? (
          <>
            <Button onClick={forget}>{t('importBack')}</Button>
            <Button variant="primary" pending={take.isPending} onClick={() => take.mutate({ ...sent, baseVersion: draftVersion() })}>
              {t('importTake')}
            </Button>
          </>
        ) : (
          <Button variant="primary" pending={preview.isPending} disabled={text.trim() === ''} onClick={() => preview.mutate(sent)}>
            {t('importShow')}
          </Button>
        )
      }
    >
      <div className="space-y-4">
        {!isShown && (
          <>
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label={t('textLanguage')} hint={t('importLanguageHint')}>
                <Select value={into} onChange={(event) => setInto(event.target.value === 'zh' ? 'zh' : 'en')}>
                  {LOCALES.map((each) => (
                    <option key={each} value={each}>
                      {LANGUAGE_NAMES[each]}
                    </option>
                  ))}
                </Select>
              </Field>
              <Field label={t('importPrinciple')} hint={t('importPrincipleHint')}>
                <Select value={principle} onChange={(event) => setPrinciple(RulePrinciple.parse(event.target.value))}>
                  {RulePrinciple.options.map((each) => (
                    <option key={each} value={each}>
                      {t(`principle.${each}`)}
                    </option>
                  ))}
                </Select>
              </Field>
            </div>
            <Field label={t('importFile')}>
              <Input
                type="file"
                accept=".md,.markdown,.txt,text/markdown,text/plain"
                className="h-auto py-1.5"
                onChange={async (event) => {
                  const chosen = event.target.files?.[0]
                  forget()
                  setFile(chosen ? await chosen.text() : null)
                }}
              />
            </Field>
            {file === null && (
              <Field label={t('importText')}>
                <Textarea
                  className="max-h-72 min-h-32 font-mono text-sm"
                  value={typed}
                  onChange={(event) => {
                    setTyped(event.target.value)
                    forget()
                  }}
                />
              </Field>
            )}
          </>
        )}
        {preview.data && <ImportPreview preview={preview.data} />}
        <Problem error={preview.error ?? take.error} />
      </div>
    </Dialog>
  )
}
