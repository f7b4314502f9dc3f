import { tableToIPC } from 'apache-arrow'
import { Compression, EnabledStatistics, Table, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm'
import { footerOf, type TokenizedRow, tableOf } from './columns.ts'

/** Rows of a row group: small enough to preview one, large enough to compress. */
const ROW_GROUP = 2000

/**
 * One Parquet file of tokenized rows: zstd, int32 ids and labels without statistics, features in the footer.
 * The same rows give the same bytes.
 */
export function encodeParquet(rows: readonly TokenizedRow[], packed: boolean): Uint8Array {
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression.ZSTD)
    .setStatisticsEnabled(EnabledStatistics.None)
    .setMaxRowGroupSize(ROW_GROUP)
    .setCreatedBy('exemplar')
    .setKeyValueMetadata(new Map([['huggingface', footerOf(packed)]]))
    .build()
  // Both are consumed by the call, memory of the WebAssembly instance included.
  return writeParquet(Table.fromIPCStream(tableToIPC(tableOf(rows, packed), 'stream')), properties)
}
