'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { classNames } from '#components/ui/class-names.ts'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Input, Select } from '#components/ui/input.tsx'
import { exactUtc } from '#components/ui/relative-time.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { filterLog, LOG_LEVELS, type LogLevel } from '#lib/domain/training/series.ts'
import { usePhase } from './run-phase.tsx'
import { type Run, type RunEvent, useRunEvents } from './use-run.ts'

const TYPES = ['log', 'phase', 'start', 'eval', 'checkpoint', 'artifact', 'end']
const SHOWN = 500

/** An event in one sentence: what the trainer wrote itself, or what it did. */
function useSentence(): (event: RunEvent) => string {
  const t = useTranslations('runs')
  const phase = usePhase()
  return ({ type, step, payload: p }) => {
    const number = (value: unknown) => (typeof value === 'number' ? value : 0)
    switch (type) {
      case 'phase':
        return phase(p.name)
      case 'start':
        return t('logLine.start', {
          params: number(p.params),
          trainable: number(p.trainable_params),
          rows: number(p.train_rows),
          steps: number(p.total_steps),
        })
      case 'eval':
        return t('logLine.eval', { step: step ?? 0, loss: number(p.eval_loss).toFixed(4) })
      case 'checkpoint':
        return t('logLine.checkpoint', { step: step ?? 0 })
      case 'artifact':
        return t('logLine.artifact', { path: String(p.path ?? '') })
      case 'end':
        return t('logLine.end', { status: String(p.status ?? ''), reason: String(p.reason ?? ''), code: number(p.exit_code) })
      default:
        return String(p.text ?? '')
    }
  }
}

/** What the trainer said and did, newest last, by level and words. */
export function RunLog({ run }: { run: Run }) {
  const t = useTranslations('runs')
  const { events, isPending, error, refetch } = useRunEvents(run, TYPES)
  const sentence = useSentence()
  const [level, setLevel] = useState<LogLevel>('info')
  const [search, setSearch] = useState('')
  if (error) return <ErrorState error={error} onRetry={refetch} />
  if (isPending) return <SkeletonRows rows={4} label={t('loading')} />
  const lines = events.map((event) => ({
    attempt: event.attempt,
    seq: event.seq,
    at: new Date(event.at),
    level: event.type === 'end' && event.payload.status === 'failed' ? 'error' : String(event.payload.level ?? 'info'),
    text: sentence(event),
  }))
  const found = filterLog(lines, level, search)
  return (
    <>
      <div className="mb-3 flex flex-wrap gap-2">
        <Select className="w-36" aria-label={t('logLevel')} value={level} onChange={(event) => setLevel(event.target.value as LogLevel)}>
          {LOG_LEVELS.map((name) => (
            <option key={name} value={name}>
              {t(`logLevels.${name}`)}
            </option>
          ))}
        </Select>
        <Input
          type="search"
          className="max-w-80"
          aria-label={t('searchLog')}
          placeholder={t('searchLog')}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <span className="self-center text-ink-3 text-sm tabular-nums">{t('lines', { count: found.length })}</span>
      </div>
      {found.length > SHOWN && <p className="mb-1 text-ink-3 text-sm">{t('onlyLast', { count: SHOWN })}</p>}
      <ol className="max-h-96 overflow-auto rounded-md bg-surface-1 px-3 py-2 font-mono text-sm" tabIndex={0} aria-label={t('log')}>
        {found.slice(-SHOWN).map((line) => (
          <li key={`${line.attempt}.${line.seq}`} className="flex gap-3">
            <time className="shrink-0 text-ink-3" dateTime={line.at.toISOString()} title={exactUtc(line.at)}>
              {line.at.toISOString().slice(11, 19)}
            </time>
            <span
              className={classNames(
                'min-w-0 whitespace-pre-wrap break-words',
                /^(error|critical)$/i.test(line.level) && 'text-rejected',
                /^warn/i.test(line.level) && 'text-changes',
              )}
            >
              {line.text}
            </span>
          </li>
        ))}
        {found.length === 0 && <li className="text-ink-3">{t('noLines')}</li>}
      </ol>
    </>
  )
}
