'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { FileUp } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type DragEvent, useEffect, useEffectEvent, useId, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { notify } from '#components/ui/toast.tsx'
import { api, isApiError, query } from '#lib/client/api.ts'
import { ImportReport } from './import-report.tsx'
import { Answers, BlankFields, type ImportSettings, ImportSettingsFields, queryOf, type Recognised, START } from './import-settings.tsx'

// Each dry run reads the whole file: not one for every letter.
const PAUSE_MS = 400

export type ImportResult = Awaited<ReturnType<typeof api.importPrompts>>

type Told = Pick<ImportResult, 'blanks' | 'answers' | 'answersOfDuplicates'>
const NOTHING: Told = { blanks: [], answers: 0, answersOfDuplicates: 0 }

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

const recognisedIn = (result: ImportResult | undefined, error: unknown): Recognised => {
  if (isApiError(error) && error.code === 'unknown-format')
    return (error.data as { reason?: string } | undefined)?.reason === 'fields' ? 'none' : null
  return result?.format ?? null
}

/** Drop a file, see what it is and which rows are bad, then import the good ones. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations('prompts')
  const project = useProject()
  const client = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const [settings, setSettings] = useState(START)
  // Kept while the file is read again, so that the fields to fill and the choice do not vanish under the fingers.
  const [told, setTold] = useState<Told>(NOTHING)
  const run = useMutation({
    mutationFn: ({ source, dryRun, with: chosen }: { source: File; dryRun: boolean; with: ImportSettings }) =>
      api.importPrompts({
        params: { projectId: project.id },
        query: { ...queryOf(chosen), fileName: source.name, dryRun: dryRun ? 'true' : 'false' },
        body: new File([source], source.name, { type: 'application/octet-stream' }),
      }),
    // Also when it broke off: rows were brought in by then, and there is an account of it.
    onSettled: (_result, _error, { dryRun }) => {
      if (dryRun) return
      for (const list of [query.listPrompts, query.listImports]) void client.invalidateQueries({ queryKey: list.key() })
    },
    onSuccess: (result) => {
      setTold(result)
      if (result.isDryRun) return
      notify(t('imported', { count: result.imported }))
      if (result.faulty === 0) onClose()
    },
  })
  const check = (source: File) => {
    setFile(source)
    run.mutate({ source, dryRun: true, with: settings })
  }
  const choose = (chosen: File) => {
    setTold(NOTHING)
    check(chosen)
  }
  const isImporting = run.isPending && run.variables?.dryRun === false
  // What was read under other settings says nothing about what an import would bring now.
  const isStale = file !== null && run.variables?.with !== settings
  const isReading = isStale || (run.isPending && run.variables?.dryRun === true)
  const checkAgain = useEffectEvent(() => file && check(file))
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the settings begins the pause anew
  useEffect(() => {
    if (!isStale) return
    const timer = setTimeout(checkAgain, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [isStale, settings])
  const readingId = useId()
  const result = isStale ? undefined : run.data
  const recognised = settings.format === 'auto' ? recognisedIn(run.data, run.error) : null
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
            disabled={!file || isReading || !result || result.imported === 0}
            aria-describedby={isReading ? readingId : undefined}
            pending={isImporting}
            onClick={() => file && run.mutate({ source: file, dryRun: false, with: settings })}
          >
            {result ? t('importCount', { count: result.imported, of: result.candidates }) : t('import')}
          </Button>
        )
      }
    >
      {!isDone && <DropZone file={file} onFile={choose} />}
      <fieldset disabled={isImporting}>
        <Answers settings={settings} told={told} isDone={isDone} onChange={setSettings} />
        {!isDone && settings.answers === 'submit' && told.blanks.length > 0 && (
          <BlankFields settings={settings} blanks={told.blanks} onChange={setSettings} />
        )}
        {!isDone && <ImportSettingsFields settings={settings} recognised={recognised} onChange={setSettings} />}
      </fieldset>
      {(isReading || run.isPending) && (
        <p id={readingId} role="status" className="mt-4 text-ink-2">
          {t('reading')}
        </p>
      )}
      <Problem error={isStale ? null : run.error} className="mt-4" />
      {result && !run.isPending && <ImportReport result={result} />}
    </Dialog>
  )
}
