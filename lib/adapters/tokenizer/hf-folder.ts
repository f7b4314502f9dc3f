import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Tokenizer } from '#lib/domain/sft/encode.ts'
import type { SpecialToken } from '#lib/domain/sft/template.ts'
import { createRustTokenizer } from './rust.ts'
import { TokenizerJson } from './tokenizer-json.ts'

export type TokenizerFolderErrorCode =
  | 'folder-missing'
  | 'tokenizer-json-missing'
  | 'tokenizer-json-invalid'
  | 'config-invalid'
  | 'chat-template-missing'

/** A model folder we cannot use; the message says which file and what to do. */
export class TokenizerFolderError extends Error {
  override name = 'TokenizerFolderError'
  readonly code: TokenizerFolderErrorCode
  constructor(code: TokenizerFolderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export type TokenizerFolder = {
  tokenizer: Tokenizer
  /** sha256 of tokenizer.json, hex. */
  tokenizerHash: string
  /** The template's text as in the file, or null when the folder has none. */
  chatTemplate: string | null
  /** sha256 of the template's UTF-8 bytes, hex. */
  chatTemplateHash: string | null
  /** `bos_token`, `eos_token`, … for `compileTemplate`. */
  specialTokens: Record<string, SpecialToken>
}

const TokenValue = z.union([z.string(), z.looseObject({ content: z.string() }), z.null()])
const Config = z.looseObject({
  chat_template: z.union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))]).nullish(),
})
const SPECIAL = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token']

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

async function readOptional(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

async function readJson<T extends z.ZodType>(folder: string, name: string, schema: T): Promise<z.infer<T> | null> {
  const text = await readOptional(path.join(folder, name))
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new TokenizerFolderError('config-invalid', `${name} in the model folder cannot be read; take it from the model's repository again.`, {
      cause,
    })
  }
}

/**
 * Loads the tokenizer and chat template of a Hugging Face model folder, offline.
 * `chatTemplate` in the options replaces the folder's own. Throws TokenizerFolderError naming the missing or broken file.
 */
export async function loadTokenizerFolder(folder: string, options: { chatTemplate?: string } = {}): Promise<TokenizerFolder> {
  const directory = await stat(folder).catch(() => null)
  if (!directory?.isDirectory()) throw new TokenizerFolderError('folder-missing', `The model folder ${folder} does not exist.`)
  const text = await readOptional(path.join(folder, 'tokenizer.json'))
  if (text === null) {
    const sentencePiece = await readOptional(path.join(folder, 'tokenizer.model'))
    const hint =
      sentencePiece === null
        ? "Add the file from the model's repository."
        : 'It has only tokenizer.model; load it in Python with AutoTokenizer and save_pretrained to get tokenizer.json.'
    throw new TokenizerFolderError('tokenizer-json-missing', `The model folder has no tokenizer.json. ${hint}`)
  }
  const tokenizerHash = sha256(text)
  const config = await readJson(folder, 'tokenizer_config.json', Config)
  const legacy = await readJson(folder, 'special_tokens_map.json', z.looseObject({}))
  const chatTemplate = options.chatTemplate ?? (await readOptional(path.join(folder, 'chat_template.jinja'))) ?? templateOf(config?.chat_template)
  return {
    tokenizer: createTokenizer(text, tokenizerHash),
    tokenizerHash,
    chatTemplate,
    chatTemplateHash: chatTemplate === null ? null : sha256(chatTemplate),
    specialTokens: specialTokensOf({ ...legacy, ...config }),
  }
}

/** The folder's template, or a clear error; for builds, which cannot do without. */
export function requireChatTemplate(folder: TokenizerFolder): { chatTemplate: string; chatTemplateHash: string } {
  const { chatTemplate, chatTemplateHash } = folder
  if (chatTemplate === null || chatTemplateHash === null) {
    throw new TokenizerFolderError(
      'chat-template-missing',
      'The model folder has no chat template: neither chat_template.jinja nor chat_template in tokenizer_config.json. Add chat_template.jinja.',
    )
  }
  return { chatTemplate, chatTemplateHash }
}

function createTokenizer(text: string, hash: string): Tokenizer {
  try {
    return createRustTokenizer(TokenizerJson.parse(JSON.parse(text)), hash)
  } catch (cause) {
    throw new TokenizerFolderError(
      'tokenizer-json-invalid',
      `tokenizer.json cannot be read: ${cause instanceof Error ? cause.message.slice(0, 200) : String(cause)}`,
      { cause },
    )
  }
}

function templateOf(value: z.infer<typeof Config>['chat_template']): string | null {
  if (typeof value === 'string') return value
  return value?.find(({ name }) => name === 'default')?.template ?? null
}

function specialTokensOf(config: Record<string, unknown>): Record<string, SpecialToken> {
  const tokens: Record<string, SpecialToken> = {}
  for (const name of SPECIAL) {
    const parsed = TokenValue.safeParse(config[name])
    if (parsed.success) tokens[name] = parsed.data
  }
  return tokens
}
