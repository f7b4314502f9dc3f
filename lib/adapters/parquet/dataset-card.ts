import { loadingCode } from '#lib/domain/sft/loading-code.ts'
import { columnsOf } from './columns.ts'
import type { ManifestFile } from './manifest.ts'

export type DatasetCard = {
  name: string
  format: 'tokenized' | 'messages'
  packed: boolean
  files: readonly ManifestFile[]
  snapshotHash: string
  recipeHash: string
  languages: readonly string[]
}

const yamlText = (text: string): string => JSON.stringify(text)

function sizeCategory(rows: number): string {
  if (rows < 1_000) return 'n<1K'
  if (rows < 10_000) return '1K<n<10K'
  if (rows < 100_000) return '10K<n<100K'
  return rows < 1_000_000 ? '100K<n<1M' : '1M<n<10M'
}

/** The README.md of a build: the YAML `datasets.load_dataset(folder)` reads its splits and features from, and a few words. */
export function datasetCard(card: DatasetCard): string {
  const splits = [...new Set(card.files.map(({ split }) => split))]
  const sum = (split: string, field: 'rows' | 'bytes') =>
    card.files.filter((file) => file.split === split).reduce((total, file) => total + file[field], 0)
  const rows = splits.reduce((total, split) => total + sum(split, 'rows'), 0)
  const bytes = splits.reduce((total, split) => total + sum(split, 'bytes'), 0)
  const extension = card.format === 'tokenized' ? 'parquet' : 'jsonl'
  const lines = ['---']
  if (card.languages.length > 0) lines.push('language:', ...card.languages.map((language) => `- ${yamlText(language)}`))
  lines.push('task_categories:', '- text-generation', 'size_categories:', `- ${sizeCategory(rows)}`, 'tags:', '- sft')
  lines.push('configs:', '- config_name: default', '  data_files:')
  for (const split of splits) lines.push(`  - split: ${split}`, `    path: data/${split}-*.${extension}`)
  if (card.format === 'tokenized') {
    lines.push('dataset_info:', '  features:')
    for (const { name, dtype, list } of columnsOf(card.packed)) lines.push(`  - name: ${name}`, `    ${list ? 'list' : 'dtype'}: ${dtype}`)
    lines.push('  splits:')
    for (const split of splits) lines.push(`  - name: ${split}`, `    num_bytes: ${sum(split, 'bytes')}`, `    num_examples: ${sum(split, 'rows')}`)
    lines.push(`  download_size: ${bytes}`, `  dataset_size: ${bytes}`)
  }
  lines.push('---', '', `# ${card.name}`, '', `${rows} rows made by Exemplar from a frozen snapshot.`, '')
  lines.push('| split | rows | bytes |', '|--|--|--|', ...splits.map((split) => `| ${split} | ${sum(split, 'rows')} | ${sum(split, 'bytes')} |`), '')
  lines.push(
    `Snapshot \`${card.snapshotHash}\`, recipe \`${card.recipeHash}\`. \`manifest.json\` lists every file with its hash; \`ledger.jsonl\` says what became of every row.`,
    '',
  )
  if (card.format === 'tokenized')
    lines.push('`labels` is -100 wherever nothing is learnt. Train with truncation and completion masks off: both are done.', '')
  const [datasets] = loadingCode(card.format, card.files)
  if (datasets) lines.push('## Load it', '', '```python', datasets.code, '```', '')
  return lines.join('\n')
}
