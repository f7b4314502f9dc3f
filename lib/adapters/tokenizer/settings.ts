// What a Hugging Face model folder says beside its tokenizer: chat template and special tokens. The one place that knows where
// they may stand, so that a model is judged at registration by what its builds will be made with.
import path from 'node:path'
import { z } from 'zod'
import { readTextFile } from '#lib/adapters/files.ts'
import type { SpecialToken } from '#lib/domain/sft/template.ts'

export type TokenizerSettings = {
  /** The template's text as in the file, or null when the folder has none. */
  chatTemplate: string | null
  /** `bos_token`, `eos_token`, … for `compileTemplate`. */
  specialTokens: Record<string, SpecialToken>
}

/** A file of the folder is not what its name says. */
export class SettingsUnreadable extends Error {
  override name = 'SettingsUnreadable'
  readonly file: string

  constructor(file: string, options?: ErrorOptions) {
    super(`${file} in the model folder cannot be read; take it from the model's repository again.`, options)
    this.file = file
  }
}

const TokenValue = z.union([z.string(), z.looseObject({ content: z.string() }), z.null()])
const Settings = z.looseObject({
  chat_template: z.union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))]).nullish(),
})
const SPECIAL = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token']

async function readJson<T extends z.ZodType>(folder: string, name: string, schema: T): Promise<z.infer<T> | null> {
  const text = await readTextFile(path.join(folder, name))
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new SettingsUnreadable(name, { cause })
  }
}

/**
 * Reads tokenizer_config.json, the older special_tokens_map.json and chat_template.jinja, whichever there are. The template's
 * own file wins over the key; of a list of templates the one called `default` counts, as in transformers.
 * @throws SettingsUnreadable
 */
export async function readTokenizerSettings(folder: string): Promise<TokenizerSettings> {
  const settings = await readJson(folder, 'tokenizer_config.json', Settings)
  const legacy = await readJson(folder, 'special_tokens_map.json', z.looseObject({}))
  const own = await readTextFile(path.join(folder, 'chat_template.jinja'))
  return { chatTemplate: own ?? templateOf(settings?.chat_template), specialTokens: specialTokensOf({ ...legacy, ...settings }) }
}

function templateOf(value: z.infer<typeof Settings>['chat_template']): string | null {
  if (typeof value === 'string') return value
  return value?.find(({ name }) => name === 'default')?.template ?? null
}

function specialTokensOf(values: Record<string, unknown>): Record<string, SpecialToken> {
  const tokens: Record<string, SpecialToken> = {}
  for (const name of SPECIAL) {
    const parsed = TokenValue.safeParse(values[name])
    if (parsed.success) tokens[name] = parsed.data
  }
  return tokens
}
