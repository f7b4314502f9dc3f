'use client'
import { useMutation } from '@tanstack/react-query'
import { FileUp } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type DragEvent, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Select, Textarea } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { notify } from '#components/ui/toast.tsx'
import { api } from '#lib/client/api.ts'
import { FORMATS } from '#lib/domain/import/formats.ts'
import { ImportReport } from './import-report.tsx'

export type ImportResult = Awaited<ReturnType<typeof api.importPrompts>>

type Settings = {
  format: 'auto' | (typeof FORMATS)[number]
  answers: 'ignore' | 'submit'
  category: string
  language: string
  licence: string
  replacements: string
}

const START: Settings = { format: 'auto', answers: 'ignore', category: '', language: '', licence: '', replacements: '' }

function DropZone({ file, onFile }: { file: File | null; onFile: (file: File) => void }) {
  const t = useTranslations('prompts')
  const [isOver, setIsOver] = useState(false)
  const handleDrop = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    const [dropped] = event.dataTransfer.files
    if (dropped) onFile(dropped)
  }
  return (
    <label
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={handleDrop}
      className={`flex cursor-pointer flex-col items-center gap-1 rounded-lg border border-dashed px-4 py-8 text-center focus-within:outline-2 focus-within:outline-accent ${isOver ? 'bg-accent-soft' : 'hover:bg-surface-1'}`}
    >
      <FileUp aria-hidden className="size-5 text-ink-3" />
      <span className="font-medium">{file ? file.name : t('choose')}</span>
      <span className="text-ink-3 text-sm">{t('chooseHint')}</span>
      <input
        type="file"
        className="sr-only"
        aria-label={t('choose')}
        accept=".json,.jsonl,.ndjson,application/json"
        onChange={(event) => {
          const [chosen] = event.target.files ?? []
          if (chosen) onFile(chosen)
        }}
      />
    </label>
  )
}

function ImportSettings({ settings, onChange }: { settings: Settings; onChange: (settings: Settings) => void }) {
  const t = useTranslations('prompts')
  const set = (change: Partial<Settings>) => onChange({ ...settings, ...change })
  return (
    <details className="mt-3">
      <summary className="cursor-pointer text-ink-2 text-sm">{t('options')}</summary>
      <div className="mt-3 grid grid-cols-1 gap-3 sm:grid-cols-2">
        <Field label={t('format')}>
          <Select value={settings.format} onChange={(event) => set({ format: event.target.value as Settings['format'] })}>
            {(['auto', ...FORMATS] as const).map((format) => (
              <option key={format} value={format}>
                {t(`formats.${format}`)}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('category')} hint={t('whenAbsent')}>
          <Input value={settings.category} onChange={(event) => set({ category: event.target.value })} />
        </Field>
        <Field label={t('language')} hint={t('whenAbsent')}>
          <Input value={settings.language} onChange={(event) => set({ language: event.target.value })} />
        </Field>
        <Field label={t('licence')} hint={t('whenAbsent')}>
          <Input value={settings.licence} onChange={(event) => set({ licence: event.target.value })} />
        </Field>
        <div className="sm:col-span-2">
          <Checkbox
            label={t('submitAnswers')}
            hint={t('submitAnswersHint')}
            checked={settings.answers === 'submit'}
            onChange={(event) => set({ answers: event.target.checked ? 'submit' : 'ignore' })}
          />
        </div>
        {settings.answers === 'submit' && (
          <Field label={t('replacements')} hint={t('replacementsHint')} className="sm:col-span-2">
            <Textarea value={settings.replacements} placeholder="name=Juniper" onChange={(event) => set({ replacements: event.target.value })} />
          </Field>
        )}
      </div>
    </details>
  )
}

/** Drop a file, see what it is and which rows are bad, then import the good ones. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations('prompts')
  const project = useProject()
  const [file, setFile] = useState<File | null>(null)
  const [settings, setSettings] = useState(START)
  const run = useMutation({
    mutationFn: ({ source, dryRun, with: chosen }: { source: File; dryRun: boolean; with: Settings }) =>
      api.importPrompts({
        params: { projectId: project.id },
        query: { ...chosen, fileName: source.name, dryRun: dryRun ? 'true' : 'false' },
        body: new File([source], source.name, { type: 'application/octet-stream' }),
      }),
    onSuccess: (result) => {
      if (result.isDryRun) return
      notify(t('imported', { count: result.imported }))
      if (result.faulty === 0) onClose()
    },
  })
  const check = (source: File, chosen = settings) => {
    setFile(source)
    run.mutate({ source, dryRun: true, with: chosen })
  }
  const change = (next: Settings) => {
    setSettings(next)
    if (file) check(file, next)
  }
  const result = run.data
  const isDone = result !== undefined && !result.isDryRun
  return (
    <Dialog
      open
      size="lg"
      onOpenChange={(open) => !open && onClose()}
      title={t('import')}
      description={t('importHint')}
      footer={
        isDone ? (
          <Button variant="primary" onClick={onClose}>
            {t('close')}
          </Button>
        ) : (
          <Button
            variant="primary"
            disabled={!file || !result || result.imported === 0}
            pending={run.isPending && run.variables?.dryRun === false}
            onClick={() => file && run.mutate({ source: file, dryRun: false, with: settings })}
          >
            {result ? t('importCount', { count: result.imported, of: result.candidates }) : t('import')}
          </Button>
        )
      }
    >
      {!isDone && <DropZone file={file} onFile={check} />}
      {!isDone && <ImportSettings settings={settings} onChange={change} />}
      {run.isPending && (
        <p role="status" className="mt-4 text-ink-2">
          {t('reading')}
        </p>
      )}
      <Problem error={run.error} className="mt-4" />
      {result && !run.isPending && <ImportReport result={result} />}
    </Dialog>
  )
}
