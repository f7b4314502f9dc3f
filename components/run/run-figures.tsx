'use client'
import { useTranslations } from 'next-intl'
import { Progress } from '#components/ui/progress.tsx'
import { clock, shareDone } from '#lib/domain/training/progress.ts'
import { RunPhase } from './run-phase.tsx'
import type { Run } from './use-run.ts'

/** How long all attempts took together, pauses not counted; null while one is under way. */
function secondsSpent({ attempts }: Run): number | null {
  let milliseconds = 0
  for (const { startedAt, endedAt } of attempts) {
    if (endedAt === null) return null
    milliseconds += Date.parse(endedAt) - Date.parse(startedAt)
  }
  return attempts.length === 0 ? null : milliseconds / 1000
}

/** Step, loss, learning rate, speed and time left in one line, and how much is done. */
export function RunFigures({ run }: { run: Run }) {
  const t = useTranslations('runs')
  const { latest } = run
  const isWaiting = ['queued', 'preparing', 'submitted', 'running'].includes(run.state)
  if (!latest?.totalSteps) {
    if (!isWaiting) return null
    return (
      <div className="mb-8">
        {run.waitsFor ? <p className="mb-2 text-ink-2">{t('waitsFor', { name: run.waitsFor.name })}</p> : <RunPhase run={run} />}
        <Progress value={null} label={t('progress')} />
      </div>
    )
  }
  const spent = secondsSpent(run)
  const facts = [
    t('stepOf', { step: latest.step ?? 0, total: latest.totalSteps }),
    latest.loss !== null && t('lossFact', { loss: latest.loss.toFixed(3) }),
    latest.evalLoss !== null && t('evalLossFact', { loss: latest.evalLoss.toFixed(3) }),
    latest.learningRate !== null && t('rateFact', { rate: latest.learningRate.toExponential(1) }),
    latest.tokensPerSecond !== null && t('speedFact', { speed: Math.round(latest.tokensPerSecond) }),
    spent !== null && t('tookFact', { time: clock(spent) }),
    latest.etaSeconds !== null && run.state === 'running' && t('leftFact', { time: clock(latest.etaSeconds) }),
  ].filter((fact) => fact !== false)
  return (
    <div className="mb-8">
      <p className="mb-2 flex flex-wrap gap-x-5 tabular-nums" data-figures>
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
      {isWaiting && <RunPhase run={run} />}
      <Progress value={shareDone(latest)} label={t('progress')} />
      {latest.note && <p className="mt-2 text-ink-2">{latest.note}</p>}
      {latest.divergedAtStep !== null && (
        <p role="alert" className="mt-2 text-rejected">
          {t('diverged', { step: latest.divergedAtStep })}
        </p>
      )}
    </div>
  )
}
