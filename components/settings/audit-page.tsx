'use client'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { CopyId } from '#components/ui/copy-id.tsx'
import type { Column } from '#components/ui/data-table.tsx'
import { Drawer } from '#components/ui/dialog.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { PagedList } from '#components/ui/paged-list.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { exactUtc, RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { StatePill } from '#components/ui/state-pill.tsx'
import { type api, query } from '#lib/client/api.ts'
import { auditPages } from './list-options.ts'

type Event = Awaited<ReturnType<typeof api.listAuditEvents>>['items'][number]

/** Says whether the chain still is what was written. */
function Verification({ projectId }: { projectId: string | undefined }) {
  const t = useTranslations('settings')
  const check = useQuery({ ...query.verifyAudit.queryOptions({ input: projectId ? { projectId } : {} }), enabled: false, gcTime: 0 })
  useCommands([{ id: 'verify-audit', title: t('verify'), keys: 'v', run: () => void check.refetch() }])
  return (
    <div className="flex flex-wrap items-center gap-3" aria-live="polite">
      {check.data && !check.isFetching && (
        <StatePill tone={check.data.isIntact ? 'approved' : 'rejected'}>
          {check.data.fault
            ? t(`auditFault.${check.data.fault.kind}`, { seq: check.data.fault.seq })
            : t('auditIntact', { count: check.data.events })}
        </StatePill>
      )}
      <Problem error={check.error} />
      <Button icon={<ShieldCheck className="size-4" />} pending={check.isFetching} onClick={() => void check.refetch()}>
        {t('verify')}
      </Button>
    </div>
  )
}

function EventDetails({ event }: { event: Event }) {
  const t = useTranslations('settings')
  const facts = [
    [t('at'), exactUtc(new Date(event.at))],
    [t('who'), event.actorName ?? t('product')],
    [t('operation'), event.operation],
    [t('action'), event.action],
    [t('via'), event.via],
  ]
  return (
    <div className="flex flex-col gap-5">
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-2">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
        <dt className="text-ink-3">{t('subject')}</dt>
        <dd className="min-w-0">{event.subjectId ? <CopyId value={event.subjectId} label={t('subject')} /> : '–'}</dd>
        <dt className="text-ink-3">{t('request')}</dt>
        <dd className="min-w-0">
          <CopyId value={event.requestId} label={t('request')} />
        </dd>
        <dt className="text-ink-3">{t('hash')}</dt>
        <dd className="min-w-0">
          <CopyId value={event.hash} short={16} label={t('hash')} />
        </dd>
      </dl>
      <pre tabIndex={0} className="overflow-x-auto rounded-md bg-surface-2 px-3 py-2 font-mono text-sm">
        {JSON.stringify(event.data, null, 2)}
      </pre>
    </div>
  )
}

/** The audit log of a project, or of the instance when no project is given. */
export function AuditPage({ projectId }: { projectId?: string }) {
  const t = useTranslations('settings')
  const common = useTranslations('common')
  const [shown, setShown] = useState<Event | null>(null)
  const events = useInfiniteQuery({ ...query.listAuditEvents.infiniteOptions(auditPages(projectId, '')), placeholderData: keepPreviousData })
  const columns: Column<Event>[] = [
    { id: 'seq', header: '#', cell: (event) => <span className="text-ink-3">{event.seq}</span>, className: 'w-16 max-sm:hidden' },
    { id: 'event', header: t('event'), cell: (event) => <code className="font-mono text-sm">{event.event}</code> },
    { id: 'who', header: t('who'), cell: (event) => event.actorName ?? <span className="text-ink-3">{t('product')}</span> },
    { id: 'via', header: t('via'), cell: (event) => <span className="text-ink-3">{event.via}</span>, className: 'w-20 max-md:hidden' },
    { id: 'at', header: t('at'), cell: (event) => <RelativeTime at={event.at} className="text-ink-3" />, className: 'w-32' },
  ]
  return (
    <Section title={t('auditLog')} hint={t('auditHint')} action={<Verification projectId={projectId} />}>
      <PagedList
        list={events}
        label={t('auditLog')}
        columns={columns}
        rowKey={(event) => String(event.seq)}
        rowHeight={36}
        onOpen={setShown}
        onPeek={setShown}
        loadingLabel={common('loading')}
        loadingRows={10}
        empty={<EmptyState title={t('noEvents')} />}
      />
      <Drawer open={shown !== null} onOpenChange={() => setShown(null)} title={shown?.event ?? ''}>
        {shown && <EventDetails event={shown} />}
      </Drawer>
    </Section>
  )
}
