import type { Recipe } from './recipe.ts'

/** Code that loads an unpacked build, as each tool wants it; run inside the folder it works as it stands. */
export type LoadingCode = { tool: 'datasets' | 'TRL' | 'Axolotl' | 'pyarrow'; code: string }

const READER = { tokenized: { name: 'parquet', extension: 'parquet' }, messages: { name: 'json', extension: 'jsonl' } } as const

function datasetsCode(format: Recipe['format'], splits: readonly string[]): string {
  const { name, extension } = READER[format]
  const files = splits.map((split) => `    "${split}": f"{folder}/data/${split}-*.${extension}",\n`).join('')
  return `from datasets import load_dataset

folder = "."  # where the downloaded folder was unpacked
dataset = load_dataset("${name}", data_files={
${files}})`
}

/** One text for the build's README and its page. */
export function loadingCode(format: Recipe['format'], files: readonly { path: string; split: string }[]): LoadingCode[] {
  const load = datasetsCode(format, [...new Set(files.map(({ split }) => split))])
  const [first] = files
  if (!first || format === 'messages') return [{ tool: 'datasets', code: load }]
  return [
    { tool: 'datasets', code: load },
    {
      tool: 'TRL',
      code: `from trl import SFTConfig, SFTTrainer
${load}

# The rows are tokenized and masked already: TRL must neither cut nor mask them again.
config = SFTConfig(max_length=None, packing=False, completion_only_loss=False, assistant_only_loss=False)
SFTTrainer(model, args=config, train_dataset=dataset["${first.split}"]).train()`,
    },
    {
      tool: 'Axolotl',
      code: `datasets:
  - path: .          # where the downloaded folder was unpacked
    ds_type: parquet
    type:            # empty: input_ids, attention_mask and labels are used as they are`,
    },
    {
      tool: 'pyarrow',
      code: `import pyarrow.parquet as pq

folder = "."  # where the downloaded folder was unpacked
table = pq.read_table(f"{folder}/${first.path}")`,
    },
  ]
}
