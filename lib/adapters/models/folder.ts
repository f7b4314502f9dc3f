import { open, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { refuseWith } from '#lib/adapters/english.ts'
import { describeFolder, exists, sha256OfFile } from '#lib/adapters/files.ts'
import { readTokenizerSettings, SettingsUnreadable, type TokenizerSettings } from '#lib/adapters/tokenizer/settings.ts'
import { sha256Hex } from '#lib/domain/content-hash.ts'
import { injectsIdentity } from '#lib/domain/sft/provenance.ts'
import { compileTemplate } from '#lib/domain/sft/template.ts'
import type { ModelShape } from '#lib/domain/training/estimate.ts'
import type { Facts, ModelFault } from '#lib/domain/training/finding.ts'

/** What is known of a model from its files. Sizes are counts; hashes are lower-case hex SHA-256. */
export const ModelDetails = z.object({
  architecture: z.string(),
  parameters: z.number(),
  layers: z.number(),
  hiddenSize: z.number(),
  vocabularySize: z.number(),
  contextTokens: z.number().nullable(),
  tokenizerHash: z.string(),
  chatTemplateHash: z.string(),
  /** What the chat template says on its own when a conversation has no system message. */
  injectedIdentity: z.string().nullable(),
})
export type ModelDetails = z.infer<typeof ModelDetails>

export const shapeOf = ({ parameters, layers, hiddenSize, vocabularySize, contextTokens }: ModelDetails): ModelShape => ({
  parameters,
  layers,
  hiddenSize,
  vocabularySize,
  contextTokens,
})

const REQUIRED = ['config.json', 'tokenizer.json', 'tokenizer_config.json'] as const
const MAX_JSON_BYTES = 256 * 2 ** 20
const MAX_HEADER_BYTES = 128 * 2 ** 20
const TRAINABLE = new Set(['F64', 'F32', 'F16', 'BF16'])

const invalid = (code: ModelFault, facts: Facts = {}): never => refuseWith('model-invalid', 'model', { code, facts })

async function readObject(folder: string, name: string): Promise<Record<string, unknown>> {
  const file = path.join(folder, name)
  if ((await stat(file)).size > MAX_JSON_BYTES) return invalid('file-too-large', { file: name })
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return invalid('not-json', { file: name })
  }
}

/** Chat template and special tokens, read as builds read them. */
async function readSettings(folder: string): Promise<{ chatTemplate: string; specialTokens: TokenizerSettings['specialTokens'] }> {
  const { chatTemplate, specialTokens } = await readTokenizerSettings(folder).catch((error: unknown) =>
    error instanceof SettingsUnreadable ? invalid('settings-unreadable', { file: error.file }) : Promise.reject(error),
  )
  if (chatTemplate !== null) return { chatTemplate, specialTokens }
  return invalid('template-missing')
}

async function weightFiles(folder: string): Promise<string[]> {
  if (await exists(path.join(folder, 'model.safetensors'))) return ['model.safetensors']
  const index = 'model.safetensors.index.json'
  if (!(await exists(path.join(folder, index)))) return invalid('weights-missing', { file: index })
  const map = z.record(z.string(), z.string()).safeParse((await readObject(folder, index)).weight_map)
  if (!map.success) return invalid('index-empty', { file: index })
  const names = [...new Set(Object.values(map.data))].sort()
  for (const name of names) {
    if (path.basename(name) !== name || !(await exists(path.join(folder, name)))) invalid('shard-missing', { file: path.basename(name), index })
  }
  return names
}

const Tensor = z.object({ dtype: z.string(), shape: z.array(z.int().min(0)), data_offsets: z.tuple([z.int(), z.int()]) })

/** Counts the values of a safetensors file from its header; refuses one that is cut short. */
async function countParameters(folder: string, name: string): Promise<number> {
  const handle = await open(path.join(folder, name))
  try {
    const { size } = await handle.stat()
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0)
    const headerBytes = bytesRead === 8 ? Number(buffer.readBigUInt64LE()) : Number.POSITIVE_INFINITY
    if (headerBytes > Math.min(MAX_HEADER_BYTES, size - 8)) return invalid('file-cut', { file: name })
    const { buffer: text } = await handle.read(Buffer.alloc(headerBytes), 0, headerBytes, 8)
    const { __metadata__: _meta, ...entries } = JSON.parse(text.toString('utf8')) as Record<string, unknown>
    const tensors = z.array(Tensor).parse(Object.values(entries))
    const end = tensors.reduce((most, tensor) => Math.max(most, tensor.data_offsets[1]), 0)
    if (8 + headerBytes + end !== size) return invalid('size-differs', { file: name, bytes: size, expected: 8 + headerBytes + end })
    const foreign = tensors.find((tensor) => !TRAINABLE.has(tensor.dtype))
    if (foreign) return invalid('type-not-trainable', { file: name, type: foreign.dtype })
    return tensors.reduce((sum, tensor) => sum + tensor.shape.reduce((product, side) => product * side, 1), 0)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return invalid('file-cut', { file: name })
    throw error
  } finally {
    await handle.close()
  }
}

/** What the template says of its own accord; null too when it is of a kind our renderer does not know. */
function findIdentity(template: string, tokens: TokenizerSettings['specialTokens']): string | null {
  try {
    return injectsIdentity(compileTemplate(template, { tokens }))
  } catch {
    return null
  }
}

const sizes = z.looseObject({
  vocab_size: z.int().positive(),
  hidden_size: z.int().positive(),
  num_hidden_layers: z.int().positive(),
  max_position_embeddings: z.int().positive().optional(),
})

/**
 * Reads a base model's folder in Hugging Face layout.
 * @throws Refusal `model-invalid` naming the file that is missing, cut short or of a wrong kind, and what to do.
 */
export async function inspectModelFolder(folder: string): Promise<ModelDetails> {
  const found = await stat(folder).catch(() => null)
  if (!path.isAbsolute(folder) || !found?.isDirectory()) return invalid('folder-missing')
  for (const name of REQUIRED) if (!(await exists(path.join(folder, name)))) invalid('file-missing', { file: name })
  const [config] = await Promise.all([readObject(folder, 'config.json'), readObject(folder, 'tokenizer.json')])
  const { chatTemplate, specialTokens } = await readSettings(folder)
  const inner = sizes.safeParse(config.text_config ?? config)
  if (!inner.success) return invalid('config-lacks', { field: String(inner.error.issues[0]?.path[0]) })
  let parameters = 0
  for (const name of await weightFiles(folder)) parameters += await countParameters(folder, name)
  const { vocab_size, hidden_size, num_hidden_layers, max_position_embeddings } = inner.data
  return {
    architecture: String((config.architectures as unknown[] | undefined)?.[0] ?? config.model_type ?? 'unknown'),
    parameters,
    layers: num_hidden_layers,
    hiddenSize: hidden_size,
    vocabularySize: vocab_size,
    contextTokens: max_position_embeddings ?? null,
    tokenizerHash: await sha256OfFile(path.join(folder, 'tokenizer.json')),
    chatTemplateHash: await sha256Hex(chatTemplate),
    injectedIdentity: findIdentity(chatTemplate, specialTokens),
  }
}

/** Bytes and content hash of a whole model folder; reads every byte of it. */
export const measureModelFolder = async (folder: string): Promise<{ bytes: number; contentHash: string }> => {
  const { bytes, contentHash } = await describeFolder(folder)
  return { bytes, contentHash }
}
