import { Data, type DataType, Field, Int8, Int32, List, makeData, RecordBatch, Schema, Struct, Table, Utf8 } from 'apache-arrow'
import type { ExportedRow } from '#lib/domain/sft/build.ts'

export type TokenizedRow = Extract<ExportedRow, { kind: 'tokenized' }>

/** A column as the `datasets` library names its type: `int32`, or a list of it. */
type Column = { name: string; dtype: 'int32' | 'int8' | 'string'; list: boolean }

/**
 * The columns of a tokenized build. A packed row holds several examples, so what describes an example becomes a list in
 * the order of `seq_lengths`.
 */
export function columnsOf(packed: boolean): Column[] {
  const described = ['conversation_id', 'revision_id', 'row_id', 'category', 'language', 'content_hash']
  return [
    { name: 'input_ids', dtype: 'int32', list: true },
    { name: 'attention_mask', dtype: 'int8', list: true },
    { name: 'labels', dtype: 'int32', list: true },
    ...(packed ? [{ name: 'seq_lengths', dtype: 'int32' as const, list: true }] : []),
    ...described.map((name) => ({ name, dtype: 'string' as const, list: packed })),
  ]
}

/** The value of the Parquet footer key `huggingface`, which `datasets` (≥ 4) reads its features from. */
export function footerOf(packed: boolean): string {
  const features: Record<string, unknown> = {}
  for (const { name, dtype, list } of columnsOf(packed)) {
    const value = { dtype, _type: 'Value' }
    features[name] = list ? { feature: value, _type: 'List' } : value
  }
  return JSON.stringify({ info: { features } })
}

function listData(parts: readonly { length: number }[], type: Int32 | Int8 | Utf8, child: Data): Data {
  const offsets = new Int32Array(parts.length + 1)
  parts.forEach((part, i) => {
    offsets[i + 1] = (offsets[i] as number) + part.length
  })
  return new Data<DataType>(new List<DataType>(new Field<DataType>('item', type, true)), 0, parts.length, 0, [offsets], [child])
}

function integers(parts: readonly (Int32Array | readonly number[])[]): Data {
  const values = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    values.set(part, at)
    at += part.length
  }
  return listData(parts, new Int32(), makeData({ type: new Int32(), length: values.length, nullCount: 0, data: values }))
}

function ones(parts: readonly Int32Array[]): Data {
  const values = new Int8Array(parts.reduce((sum, part) => sum + part.length, 0)).fill(1)
  return listData(parts, new Int8(), makeData({ type: new Int8(), length: values.length, nullCount: 0, data: values }))
}

function strings(values: readonly (string | null)[]): Data {
  const encoder = new TextEncoder()
  const encoded = values.map((value) => (value === null ? null : encoder.encode(value)))
  const offsets = new Int32Array(values.length + 1)
  encoded.forEach((bytes, i) => {
    offsets[i + 1] = (offsets[i] as number) + (bytes?.length ?? 0)
  })
  const data = new Uint8Array(offsets[values.length] as number)
  // A set bit is a value; Arrow wants the bitmap padded to whole 64-bit words.
  const valid = new Uint8Array(Math.ceil(values.length / 64) * 8)
  encoded.forEach((bytes, i) => {
    if (!bytes) return
    data.set(bytes, offsets[i])
    valid[i >> 3] = (valid[i >> 3] as number) | (1 << (i & 7))
  })
  const nullCount = encoded.filter((bytes) => bytes === null).length
  return makeData({ type: new Utf8(), length: values.length, nullCount, valueOffsets: offsets, data, nullBitmap: nullCount > 0 ? valid : null })
}

function described(rows: readonly TokenizedRow[], packed: boolean, value: (source: TokenizedRow['sources'][number]) => string | null): Data {
  const lists = rows.map((row) => row.sources.map(value))
  return packed ? listData(lists, new Utf8(), strings(lists.flat())) : strings(lists.map((list) => list[0] ?? null))
}

/** The rows of one shard as an Arrow table, columns in the order of `columnsOf`. */
export function tableOf(rows: readonly TokenizedRow[], packed: boolean): Table {
  const data: Data[] = [integers(rows.map((row) => row.ids)), ones(rows.map((row) => row.ids)), integers(rows.map((row) => row.labels))]
  if (packed) data.push(integers(rows.map((row) => row.seqLengths ?? [row.ids.length])))
  data.push(
    described(rows, packed, (source) => source.conversationId),
    described(rows, packed, (source) => source.revisionId),
    described(rows, packed, (source) => String(source.position)),
    described(rows, packed, (source) => source.category),
    described(rows, packed, (source) => source.language),
    described(rows, packed, (source) => source.contentHash),
  )
  const fields = columnsOf(packed).map(({ name }, i) => new Field(name, (data[i] as Data).type, true))
  const schema = new Schema(fields)
  return new Table(schema, new RecordBatch(schema, makeData({ type: new Struct(fields), length: rows.length, nullCount: 0, children: data })))
}
