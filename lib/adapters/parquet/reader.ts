import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

/** A row of a tokenized build as read back. In packed files the describing columns are lists. */
export type ParquetRow = {
  input_ids: number[]
  attention_mask: number[]
  labels: number[]
  seq_lengths?: number[]
  conversation_id: string | string[]
  revision_id: string | string[]
  row_id: string | string[]
  category: string | null | (string | null)[]
  language: string | null | (string | null)[]
  content_hash: string | string[]
}

/** Number of rows and the footer's key-value pairs. Throws Error when the file is no Parquet file. */
export async function readParquetFooter(file: string): Promise<{ rows: number; metadata: Record<string, string> }> {
  const footer = await parquetMetadataAsync(await asyncBufferFromFile(file))
  const metadata: Record<string, string> = {}
  for (const { key, value } of footer.key_value_metadata ?? []) metadata[key] = value ?? ''
  return { rows: Number(footer.num_rows), metadata }
}

/** Reads the rows [start, end) of a shard; only the row groups that hold them are read. */
export async function readParquetRows(file: string, start: number, end: number): Promise<ParquetRow[]> {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors, rowStart: start, rowEnd: end })
  return rows as ParquetRow[]
}
