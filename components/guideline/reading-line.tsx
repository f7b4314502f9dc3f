'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { type api, query } from '#lib/client/api.ts'

type Guideline = Awaited<ReturnType<typeof api.getGuideline>>

/** Who of the project has confirmed the newest major version, for those who see the members. */
function Readers() {
  const t = useTranslations('guideline')
  const { id } = useProject()
  const { data } = useQuery(query.listReadings.queryOptions({ input: { projectId: id } }))
  if (!data) return null
  const readers = data.people.filter(({ reading }) => reading !== null)
  return (
    <details className="mt-4">
      <summary className="cursor-pointer text-ink-2 text-sm">{t('readBy', { count: readers.length, of: data.people.length })}</summary>
      <ul className="mt-2 divide-y text-sm">
        {data.people.map(({ userId, name, email, reading }) => (
          <li key={userId} className="flex flex-wrap justify-between gap-x-4 py-1.5">
            <span className="min-w-0 break-words">{name || email}</span>
            <span className="text-ink-3">
              {reading ? (
                <>
                  {reading.version}, <RelativeTime at={reading.readAt} />
                </>
              ) : (
                t('notRead')
              )}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** At the end of the newest guideline: that it was read, to be said once for every major version. */
export function ReadingLine({ guideline: { version, reading } }: { guideline: Guideline }) {
  const t = useTranslations('guideline')
  const client = useQueryClient()
  const { id, can } = useProject()
  const confirm = useMutation(
    query.confirmReading.mutationOptions({
      onSettled: () => Promise.all([query.getGuideline.key(), query.listReadings.key()].map((queryKey) => client.invalidateQueries({ queryKey }))),
    }),
  )
  return (
    <section aria-label={t('reading')} className="mt-12 max-w-read border-t pt-6">
      {reading ? (
        <p className="text-ink-2">
          {t('readFact', { version: reading.version })} <RelativeTime at={reading.readAt} />
        </p>
      ) : (
        <>
          <p className="mb-3 text-ink-2">{t('readAsk')}</p>
          <Button variant="primary" pending={confirm.isPending} onClick={() => confirm.mutate({ projectId: id, version })}>
            {t('confirmRead', { version })}
          </Button>
        </>
      )}
      <Problem error={confirm.error} />
      {can('member:read') && <Readers />}
    </section>
  )
}
