'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useFormatter, useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { ShareBar } from '#components/ui/share-bar.tsx'
import { notify } from '#components/ui/toast.tsx'
import { type api, query } from '#lib/client/api.ts'

type OwnRecord = Awaited<ReturnType<typeof api.getOwnRecord>>
const SHOWN_WEEKS = 8

/** What was sent in week by week, against the goal one has set oneself. */
export function OwnGoal({ submitted, weeklyGoal }: Pick<OwnRecord, 'submitted' | 'weeklyGoal'>) {
  const t = useTranslations('own')
  const format = useFormatter()
  const { id: projectId } = useProject()
  const client = useQueryClient()
  const [text, setText] = useState(weeklyGoal === null ? '' : String(weeklyGoal))
  const save = useMutation(
    query.setOwnGoal.mutationOptions({
      onSuccess: ({ weeklyGoal: goal }) => {
        notify(t(goal === null ? 'goalRemoved' : 'goalSet'))
        return client.invalidateQueries({ queryKey: query.getOwnRecord.key() })
      },
    }),
  )
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ projectId, weeklyGoal: text.trim() === '' ? null : Number(text) })
  }
  const shown = submitted.slice(-SHOWN_WEEKS).toReversed()
  const most = Math.max(1, weeklyGoal ?? 0, ...shown.map(({ count }) => count))
  return (
    <>
      <form onSubmit={handleSubmit} className="mb-5 flex flex-wrap items-end gap-2">
        <Field label={t('goal')}>
          <Input
            type="number"
            min={1}
            max={1000}
            step={1}
            className="w-28"
            placeholder={t('noGoal')}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
        <Button type="submit" pending={save.isPending}>
          {t('setGoal')}
        </Button>
      </form>
      <Problem error={save.error} />
      <ul className="max-w-read">
        {shown.map(({ start, count }) => (
          <li key={start} className="flex items-center gap-4 py-1">
            <span className="w-32 shrink-0 text-ink-2 text-sm">
              {format.dateTime(new Date(start), { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })}
            </span>
            <ShareBar share={count / most} className="w-40" />
            <span className="tabular-nums">{weeklyGoal === null ? count : t('ofGoal', { count, goal: weeklyGoal })}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
