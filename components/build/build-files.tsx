'use client'
import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { CopyId } from '#components/ui/copy-id.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Section } from '#components/ui/section.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { notify } from '#components/ui/toast.tsx'
import { query } from '#lib/client/api.ts'
import { type LoadingCode, loadingCode } from '#lib/domain/sft/loading-code.ts'
import type { BuildDetail } from './ledger.tsx'

const KIB = 1024

function sizeOf(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`
  return bytes < KIB * KIB ? `${(bytes / KIB).toFixed(1)} KB` : `${(bytes / KIB / KIB).toFixed(1)} MB`
}

/** Code that loads the downloaded folder, as each tool wants it; the first is in its README too. */
function LoadIt({ build }: { build: BuildDetail }) {
  const t = useTranslations('builds')
  const codes = loadingCode(build.recipe.format, build.manifest?.files ?? [])
  const [tool, setTool] = useState<LoadingCode['tool']>('datasets')
  const code = codes.find((each) => each.tool === tool)?.code ?? ''
  return (
    <Section title={t('loadingCode')} hint={t('loadingHint')}>
      <div className="mb-2 flex flex-wrap gap-1">
        {codes.map((each) => (
          <Button
            key={each.tool}
            size="sm"
            variant={tool === each.tool ? 'secondary' : 'quiet'}
            aria-pressed={tool === each.tool}
            onClick={() => setTool(each.tool)}
          >
            {each.tool}
          </Button>
        ))}
        <Button
          size="sm"
          variant="quiet"
          onClick={() => {
            void navigator.clipboard.writeText(code)
            notify(t('copied'))
          }}
        >
          {t('view.copy')}
        </Button>
      </div>
      <pre tabIndex={0} className="overflow-x-auto rounded-md bg-surface-1 p-3 font-mono text-sm">
        {code}
      </pre>
    </Section>
  )
}

/** The folder's files with sizes and hashes, to download whole or one by one, and how to load them. */
export function BuildFiles({ build }: { build: BuildDetail }) {
  const t = useTranslations('builds')
  const files = useQuery(query.listBuildFiles.queryOptions({ input: { buildId: build.id } }))
  return (
    <>
      <Section
        title={t('files')}
        action={
          <Button asChild size="sm">
            <a href={`/api/v1/builds/${build.id}/archive`} download>
              <Download aria-hidden className="size-4" />
              {t('downloadAll')}
            </a>
          </Button>
        }
      >
        {files.error && <ErrorState error={files.error} onRetry={files.refetch} />}
        {files.isPending && <SkeletonRows rows={4} label={t('loading')} />}
        <ul className="divide-y">
          {files.data?.items.map((file) => (
            <li key={file.path} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
              <a
                href={`/api/v1/builds/${build.id}/download?path=${encodeURIComponent(file.path)}`}
                download
                className="flex min-w-0 flex-1 items-center gap-2 break-all max-sm:basis-full font-mono text-accent text-sm hover:underline"
              >
                <Download aria-hidden className="size-4 shrink-0" />
                {file.path}
              </a>
              <span className="text-ink-3 text-sm tabular-nums">{file.rows === null ? '' : t('rowCount', { count: file.rows })}</span>
              <span className="w-20 text-right text-sm tabular-nums">{sizeOf(file.bytes)}</span>
              <CopyId value={file.sha256} short={12} label="SHA-256" />
            </li>
          ))}
        </ul>
      </Section>
      <LoadIt build={build} />
    </>
  )
}
