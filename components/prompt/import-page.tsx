'use client'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { CopyId } from '#components/ui/copy-id.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { rowsOf } from '#components/ui/paged-list.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import { Balance } from './balance.tsx'
import { FaultTable } from './fault-table.tsx'
import { useFormatName } from './use-format-name.ts'

type Import = Awaited<ReturnType<typeof api.getImport>>

const POLL_MS = 2000

/** How the bad rows of an import are paged: from one row of the file on. */
const faultPages = (importId: string) => ({
  input: (afterRow: number) => ({ importId, afterRow }),
  initialPageParam: 0,
  getNextPageParam: (page: { nextAfterRow: number | null }) => page.nextAfterRow,
})

function Faults({ account }: { account: Import }) {
  const t = useTranslations('prompts')
  const common = useTranslations('common')
  const faults = useInfiniteQuery(query.listImportFaults.infiniteOptions(faultPages(account.id)))
  const rows = rowsOf(faults)
  const title = t('badRows', { count: account.faulty })
  const download = account.keptFaults > 0 && (
    <Button asChild icon={<Download className="size-4" />}>
      <a href={`/api/v1/imports/${account.id}/faults.jsonl`} download>
        {t('downloadBadRows')}
      </a>
    </Button>
  )
  const isShort = account.keptFaults < account.faulty && account.state !== 'running'
  return (
    <Section title={title} hint={isShort && t('notKept', { count: account.faulty, kept: account.keptFaults })} action={download}>
      {faults.error && <ErrorState error={faults.error} onRetry={faults.refetch} />}
      {faults.isPending && <SkeletonRows rows={6} label={t('importsLoading')} />}
      {faults.data && rows.length === 0 && <p className="text-ink-2">{t('noBadRows')}</p>}
      {rows.length > 0 && <FaultTable faults={rows} label={title} />}
      {faults.hasNextPage && (
        <Button variant="quiet" className="mt-4" pending={faults.isFetchingNextPage} onClick={() => void faults.fetchNextPage()}>
          {common('more')}
        </Button>
      )}
    </Section>
  )
}

/** Why an import broke off, in the reader's language; the operation's own words, which are English, where they say more. */
function Failure({ failure: { code, detail } }: { failure: NonNullable<Import['failure']> }) {
  const t = useTranslations('prompts')
  const errors = useTranslations('errors')
  const isEnglish = useLocale() === 'en'
  const known = errors.has(`${code as 'internal'}.title`) ? (code as 'internal') : null
  const advice = known ? errors(`${known}.next`) : t('processEnded')
  return (
    <div role="alert" className="mb-6">
      <p className="font-medium text-rejected">
        {t('brokenOff')}
        {known && ` – ${errors(`${known}.title`)}`}
      </p>
      <p className="text-ink-2">{isEnglish && known ? detail || advice : advice}</p>
      {!isEnglish && known && <p className="text-ink-3 text-sm">{detail}</p>}
    </div>
  )
}

/** The account of one imported file: who, when, what became of its rows, and every bad one. */
export function ImportPage({ importId }: { importId: string }) {
  const t = useTranslations('prompts')
  const project = useProject()
  const formatName = useFormatName()
  const found = useQuery(
    query.getImport.queryOptions({ input: { importId }, refetchInterval: ({ state }) => (state.data?.state === 'running' ? POLL_MS : false) }),
  )
  if (found.error) return <ErrorState error={found.error} onRetry={found.refetch} />
  const account = found.data
  if (!account) return <SkeletonRows rows={8} label={t('importsLoading')} />
  return (
    <Page>
      <PageHeader
        title={<span className="break-all">{account.fileName}</span>}
        parent={{ href: project.path('/prompts/imports'), label: t('imports') }}
        state={<MachineState machine="promptImport" state={account.state} />}
        facts={
          <>
            <span>{formatName(account.format)}</span>
            <span>{account.importedBy ?? t('accountGone')}</span>
            <RelativeTime at={account.createdAt} />
            {account.fileHash && <CopyId value={account.fileHash} short={12} label="SHA-256" />}
          </>
        }
      />
      {account.failure && <Failure failure={account.failure} />}
      <p data-testid="balance" className="mb-8 text-md tabular-nums">
        <Balance account={account} />
      </p>
      <Faults account={account} />
    </Page>
  )
}
