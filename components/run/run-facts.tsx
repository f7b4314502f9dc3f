'use client'
import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import { CopyId } from '#components/ui/copy-id.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { ConfigChanges } from './config-changes.tsx'
import type { Run } from './use-run.ts'
import { useSettingWords } from './use-setting-words.ts'

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[10rem_minmax(0,1fr)] gap-x-4 py-1">
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  )
}

const hash = (value: string | null, label: string) => (value ? <CopyId value={value} short={16} label={label} /> : '–')

/** From the model back to people and rules: snapshot, versions, build, base. */
export function RunLineage({ run }: { run: Run }) {
  const t = useTranslations('runs')
  const common = useTranslations('common')
  const project = useProject()
  const { snapshot, build, baseModel, guidelineVersions, authors, reviewers, tokenizerHash, chatTemplateHash } = run.lineage
  return (
    <dl className="max-w-read">
      <Fact name={t('snapshot')}>
        <Link href={project.path(`/snapshots/${snapshot.id}`)} className="text-accent hover:underline">
          {snapshot.name}
        </Link>{' '}
        {t('snapshotFacts', { rows: snapshot.rows, authors, reviewers })}
      </Fact>
      <Fact name={t('guidelineVersions')}>{guidelineVersions.join(common('comma')) || '–'}</Fact>
      <Fact name={t('build')}>
        <Link href={project.path(`/builds/${build.id}`)} className="text-accent hover:underline">
          {t('buildFacts', { rows: build.rows, tokens: build.tokens, trained: build.trainedTokens })}
        </Link>
      </Fact>
      <Fact name={t('buildHash')}>{hash(build.contentHash, t('buildHash'))}</Fact>
      <Fact name={t('baseModel')}>{baseModel.name}</Fact>
      <Fact name={t('weightsHash')}>{hash(baseModel.contentHash, t('weightsHash'))}</Fact>
      <Fact name={t('tokenizerHash')}>{hash(tokenizerHash, t('tokenizerHash'))}</Fact>
      <Fact name={t('templateHash')}>{hash(chatTemplateHash, t('templateHash'))}</Fact>
    </dl>
  )
}

/** Every setting; those that are not the default stand out. */
export function RunConfiguration({ run }: { run: Run }) {
  const t = useTranslations('runs')
  const project = useProject()
  const { nameOf, wordsFor } = useSettingWords()
  const settings = run.settings.filter(({ path }) => path !== 'samples.prompts')
  return (
    <>
      {run.parent && (
        <div className="mb-4">
          <p className="mb-1">
            {t('comparedTo')}{' '}
            <Link href={project.path(`/runs/${run.parent.id}`)} className="text-accent hover:underline">
              {run.parent.name}
            </Link>
          </p>
          {run.parent.changes.length > 0 ? <ConfigChanges changes={run.parent.changes} /> : <p className="text-ink-3">{t('noChanges')}</p>}
        </div>
      )}
      <dl className="grid grid-cols-1 gap-x-10 text-sm md:grid-cols-2">
        {settings.map(({ path, value, isDefault }) => (
          <div key={path} className="flex justify-between gap-4 border-b py-1">
            <dt className="text-ink-3">{nameOf(path)}</dt>
            <dd className={isDefault ? 'text-ink-2' : 'font-semibold'}>
              {wordsFor(path, value)}
              {!isDefault && <span className="sr-only"> ({t('notDefault')})</span>}
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

/** Each start of the trainer and how it ended. */
export function RunAttempts({ run }: { run: Run }) {
  const t = useTranslations('runs')
  return (
    <ol className="divide-y">
      {run.attempts.map((attempt) => (
        <li key={attempt.id} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 py-2">
          <span className="w-24 tabular-nums">{t('attempt', { number: attempt.number })}</span>
          <MachineState machine="attempt" state={attempt.state} />
          <span className="text-ink-2">
            {t(`origin.${attempt.origin}`)}
            {attempt.resumedFrom && `, ${t('resumedFrom', { checkpoint: attempt.resumedFrom })}`}
          </span>
          {attempt.exitCode !== null && <span className="text-ink-3 tabular-nums">{t('exitCode', { code: attempt.exitCode })}</span>}
          {attempt.reason && <span className="text-ink-3">{attempt.reason}</span>}
          <span className="ml-auto text-ink-3 text-sm">
            {attempt.host} <RelativeTime at={attempt.startedAt} />
          </span>
        </li>
      ))}
    </ol>
  )
}

/** Where the run could go on from. */
export function RunCheckpoints({ run }: { run: Run }) {
  const t = useTranslations('runs')
  const format = useFormatter()
  if (run.checkpoints.length === 0) return <p className="text-ink-3">{t(run.filesRemovedAt ? 'filesRemoved' : 'noCheckpoints')}</p>
  return (
    <ol className="divide-y">
      {run.checkpoints.map((checkpoint) => (
        <li key={`${checkpoint.attempt}${checkpoint.name}`} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 py-2">
          <span className="w-24 tabular-nums">{t('atStep', { step: checkpoint.step })}</span>
          <span className="tabular-nums">{format.number(checkpoint.bytes / 2 ** 20, { maximumFractionDigits: 1 })} MiB</span>
          <span className="text-ink-3">{checkpoint.reason}</span>
          {checkpoint.sha256 && <CopyId value={checkpoint.sha256} short={16} label="SHA-256" />}
          <RelativeTime at={checkpoint.at} className="ml-auto text-ink-3 text-sm" />
        </li>
      ))}
    </ol>
  )
}
