'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { classNames } from '#components/ui/class-names.ts'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Input, Select } from '#components/ui/input.tsx'
import { exactUtc } from '#components/ui/relative-time.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { filterLog, LOG_LEVELS, type LogLevel } from '#lib/domain/training/series.ts'
import { type Run, useRunEvents } from './use-run.ts'

const TYPES = ['log']
const SHOWN = 500

/** What the trainer said, newest last, by level and words. */
export function RunLog({ run }: { run: Run }) {
  const t = useTranslations('runs')
  const { events, isPending, error, refetch } = useRunEvents(run, TYPES)
  const [level, setLevel] = useState<LogLevel>('info')
  const [search, setSearch] = useState('')
  if (error) return <ErrorState error={error} onRetry={refetch} />
  if (isPending) return <SkeletonRows rows={4} label={t('loading')} />
  const lines = events.map(({ attempt, seq, at, payload }) => ({
    attempt,
    seq,
    at: new Date(at),
    level: String(payload.level ?? 'info'),
    text: String(payload.text ?? ''),
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
