import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { readTextFile } from '#lib/adapters/files.ts'
import type { Tokenizer } from '#lib/domain/sft/encode.ts'
import { TokenizerJson } from '#lib/domain/sft/tokenizer/tokenizer-json.ts'
import { createRustTokenizer } from './rust.ts'
import { readTokenizerSettings, SettingsUnreadable, type TokenizerSettings } from './settings.ts'

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

export type TokenizerFolder = TokenizerSettings & {
  tokenizer: Tokenizer
  /** sha256 of tokenizer.json, hex. */
  tokenizerHash: string
  /** sha256 of the template's UTF-8 bytes, hex. */
  chatTemplateHash: string | null
}

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

async function readSettings(folder: string): Promise<TokenizerSettings> {
  try {
    return await readTokenizerSettings(folder)
  } catch (cause) {
    if (cause instanceof SettingsUnreadable) throw new TokenizerFolderError('config-invalid', cause.message, { cause })
    throw cause
  }
}

/** What a model folder says of its tokenizer, as text. Throws TokenizerFolderError naming the missing or broken file. */
export async function readTokenizerFiles(folder: string): Promise<TokenizerSettings & { tokenizerJson: string }> {
  const directory = await stat(folder).catch(() => null)
  if (!directory?.isDirectory()) throw new TokenizerFolderError('folder-missing', `The model folder ${folder} does not exist.`)
  const tokenizerJson = await readTextFile(path.join(folder, 'tokenizer.json'))
  if (tokenizerJson === null) {
    const sentencePiece = await readTextFile(path.join(folder, 'tokenizer.model'))
    const hint =
      sentencePiece === null
        ? "Add the file from the model's repository."
        : 'It has only tokenizer.model; load it in Python with AutoTokenizer and save_pretrained to get tokenizer.json.'
    throw new TokenizerFolderError('tokenizer-json-missing', `The model folder has no tokenizer.json. ${hint}`)
  }
  return { ...(await readSettings(folder)), tokenizerJson }
}

/**
 * Loads the tokenizer and chat template of a Hugging Face model folder, offline.
 * `chatTemplate` in the options replaces the folder's own. Throws TokenizerFolderError naming the missing or broken file.
 */
export async function loadTokenizerFolder(folder: string, options: { chatTemplate?: string } = {}): Promise<TokenizerFolder> {
  const { tokenizerJson, ...settings } = await readTokenizerFiles(folder)
  const tokenizerHash = sha256(tokenizerJson)
  const chatTemplate = options.chatTemplate ?? settings.chatTemplate
  return {
    tokenizer: createTokenizer(tokenizerJson, tokenizerHash),
    tokenizerHash,
    chatTemplate,
    chatTemplateHash: chatTemplate === null ? null : sha256(chatTemplate),
    specialTokens: settings.specialTokens,
  }
}

const READ_FILES = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'chat_template.jinja']

/** Changes when any file `loadTokenizerFolder` reads is written anew, put in its place or removed. */
export async function stampOfTokenizerFolder(folder: string): Promise<string> {
  const stats = await Promise.all(READ_FILES.map((name) => stat(path.join(folder, name), { bigint: true }).catch(() => null)))
  return stats.map((file) => (file ? `${file.ino}:${file.size}:${file.mtimeNs}` : '-')).join(' ')
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
