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
import type { BuildDetail } from './ledger.tsx'

const KIB = 1024

function sizeOf(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`
  return bytes < KIB * KIB ? `${(bytes / KIB).toFixed(1)} KB` : `${(bytes / KIB / KIB).toFixed(1)} MB`
}

/** Code that loads the downloaded folder, as each trainer wants it. */
const LOADING = {
  datasets: `from datasets import load_dataset

dataset = load_dataset("path/to/folder")  # columns input_ids, attention_mask, labels`,
  TRL: `from datasets import load_dataset
from trl import SFTConfig, SFTTrainer

dataset = load_dataset("path/to/folder")
# The rows are tokenized and masked already: TRL must neither cut nor mask them again.
config = SFTConfig(max_length=None, packing=False, completion_only_loss=False, assistant_only_loss=False)
SFTTrainer(model, args=config, train_dataset=dataset["train"]).train()`,
  Axolotl: `datasets:
  - path: path/to/folder
    ds_type: parquet
    type:            # empty: input_ids, attention_mask and labels are used as they are`,
  pyarrow: `import pyarrow.parquet as pq

table = pq.read_table("path/to/folder/data/train-00000-of-00001.parquet")`,
} as const

function LoadingCode() {
  const t = useTranslations('builds')
  const [tool, setTool] = useState<keyof typeof LOADING>('datasets')
  return (
    <Section title={t('loadingCode')}>
      <div className="mb-2 flex flex-wrap gap-1">
        {(Object.keys(LOADING) as (keyof typeof LOADING)[]).map((each) => (
          <Button key={each} size="sm" variant={tool === each ? 'secondary' : 'quiet'} aria-pressed={tool === each} onClick={() => setTool(each)}>
            {each}
          </Button>
        ))}
        <Button
          size="sm"
          variant="quiet"
          onClick={() => {
            void navigator.clipboard.writeText(LOADING[tool])
            notify(t('copied'))
          }}
        >
          {t('view.copy')}
        </Button>
      </div>
      <pre tabIndex={0} className="overflow-x-auto rounded-md bg-surface-1 p-3 font-mono text-sm">
        {LOADING[tool]}
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
                className="flex min-w-0 flex-1 items-center gap-2 break-all font-mono text-accent text-sm hover:underline"
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
      {build.recipe.format === 'tokenized' && <LoadingCode />}
    </>
  )
}
