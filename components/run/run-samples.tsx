'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { DiffText } from '#components/conversation/word-diff.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { diffText } from '#lib/domain/text-diff.ts'
import { type Run, type RunEvent, useRunEvents } from './use-run.ts'

type Answer = { step: number; text: string }

const TYPES = ['sample']

/** Answers by question and step; a step trained again by a later attempt answers anew. */
function answersOf(events: readonly RunEvent[]): Map<string, Answer[]> {
  const byQuestion = new Map<string, Map<number, string>>()
  for (const { step, payload } of events) {
    const { prompt_id: id, text } = payload as { prompt_id: string; text: string }
    const answers = byQuestion.get(id) ?? new Map<number, string>()
    byQuestion.set(id, answers.set(step ?? 0, text))
  }
  return new Map(
    [...byQuestion].map(([id, answers]) => [id, [...answers].map(([step, text]) => ({ step, text })).sort((a, b) => a.step - b.step)] as const),
  )
}

function Answers({ answers, showsDiff }: { answers: readonly Answer[]; showsDiff: boolean }) {
  const t = useTranslations('runs')
  const [first] = answers
  return (
    <dl className="mt-2 divide-y">
      {answers.map(({ step, text }) => (
        <div key={step} className="grid grid-cols-1 gap-x-6 gap-y-0.5 py-2 sm:grid-cols-[6rem_minmax(0,1fr)]">
          <dt className="text-ink-3 text-sm tabular-nums">{step === 0 ? t('untouched') : t('atStep', { step })}</dt>
          <dd dir="auto" className="prose-conversation whitespace-pre-wrap">
            {showsDiff && first && step !== first.step ? (
              <DiffText parts={diffText(first.text, text)} />
            ) : (
              text || <i className="text-ink-3">{t('emptyAnswer')}</i>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** The same questions answered before, during and after training. */
export function RunSamples({ run }: { run: Run }) {
  const t = useTranslations('runs')
  const { events, isPending, error, refetch } = useRunEvents(run, TYPES)
  const [showsDiff, setShowsDiff] = useState(false)
  const [showsAll, setShowsAll] = useState(false)
  if (error) return <ErrorState error={error} onRetry={refetch} />
  if (isPending) return <SkeletonRows rows={4} label={t('loading')} />
  const byQuestion = answersOf(events)
  if (byQuestion.size === 0) return <p className="text-ink-3">{run.config.samples.prompts.length > 0 ? t('noSamples') : t('noSamplePrompts')}</p>
  return (
    <>
      <div className="mb-4 flex flex-wrap gap-x-6 gap-y-2">
        <Checkbox label={t('diffToStart')} checked={showsDiff} onChange={(event) => setShowsDiff(event.target.checked)} />
        <Checkbox label={t('everyStep')} checked={showsAll} onChange={(event) => setShowsAll(event.target.checked)} />
      </div>
      <ul className="space-y-6">
        {[...byQuestion].map(([id, answers]) => {
          const prompt = run.config.samples.prompts.find((one) => one.id === id)
          const shown = showsAll || answers.length < 3 ? answers : [answers[0], answers.at(-1)].filter((answer) => answer !== undefined)
          return (
            <li key={id}>
              {prompt?.messages.map((message) => (
                <p key={message.role + message.content} dir="auto" className={message.role === 'user' ? 'font-medium' : 'text-ink-3 text-sm'}>
                  {message.content}
                </p>
              ))}
              <Answers answers={shown} showsDiff={showsDiff} />
            </li>
          )
        })}
      </ul>
    </>
  )
}
