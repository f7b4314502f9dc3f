import { z } from 'zod'
import { type AddedToken, CONTROL_MARKS } from '#lib/domain/sft/encode.ts'

const JsonAddedToken = z.looseObject({
  id: z.int().min(0),
  content: z.string().min(1),
  special: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().default(false),
  single_word: z.boolean().default(false),
})
export type JsonAddedToken = z.infer<typeof JsonAddedToken>

/** A step of the normalizer, pre-tokenizer or decoder, told apart by `type`. */
export type Step = { type: string } & Record<string, unknown>
const Step = z.looseObject({ type: z.string() })

/** The parts of a Hugging Face tokenizer.json that we read; the rest is kept as it is. */
export const TokenizerJson = z.looseObject({
  added_tokens: z.array(JsonAddedToken).default([]),
  normalizer: Step.nullish(),
  pre_tokenizer: Step.nullish(),
  decoder: Step.nullish(),
  model: z.looseObject({ type: z.string().optional(), vocab: z.unknown() }),
})
export type TokenizerJson = z.infer<typeof TokenizerJson>

/** The steps of a normalizer, pre-tokenizer or decoder, a `Sequence` taken apart. */
export function stepsOf(step: Step | null | undefined): Step[] {
  if (!step) return []
  if (step.type !== 'Sequence') return [step]
  const parts = step.normalizers ?? step.pretokenizers ?? step.decoders
  return Array.isArray(parts) ? parts.flatMap((part) => stepsOf(Step.parse(part))) : []
}

/** Added tokens of whitespace only (runs of spaces) are vocabulary; every other one is markup that content must not spell. */
const isControl = (token: JsonAddedToken): boolean => token.special || token.content.trim() !== ''

export const addedTokensOf = (json: TokenizerJson): AddedToken[] =>
  json.added_tokens.map((token) => ({
    id: token.id,
    content: token.content,
    special: token.special,
    lstrip: token.lstrip,
    rstrip: token.rstrip,
    control: isControl(token),
  }))

/** Whether decoding gives back the encoded text, up to NFC. */
export function isLossless(json: TokenizerJson): boolean {
  const normalizers = stepsOf(json.normalizer)
  const pre = stepsOf(json.pre_tokenizer)
  return (
    stepsOf(json.decoder).some((step) => step.type === 'ByteLevel') &&
    normalizers.every((step) => step.type === 'NFC') &&
    pre.every((step) => step.type !== 'ByteLevel' || step.add_prefix_space !== true) &&
    json.added_tokens.every((token) => !token.lstrip && !token.rstrip)
  )
}

/** GPT-2's printable stand-ins for the 256 bytes. */
export function byteCharacters(): string[] {
  const characters: string[] = []
  let spare = 256
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
    characters.push(String.fromCharCode(printable ? byte : spare++))
  }
  return characters
}

/** The bytes a byte-level vocabulary has no token for (SmolLM's lacks 21); encoding leaves them out without a word. */
export function missingBytesOf(json: TokenizerJson): ReadonlySet<number> {
  const { vocab } = json.model
  const byteLevel = stepsOf(json.decoder).some((step) => step.type === 'ByteLevel')
  if (!byteLevel || typeof vocab !== 'object' || vocab === null || Array.isArray(vocab)) return new Set()
  return new Set(byteCharacters().flatMap((character, byte) => (Object.hasOwn(vocab, character) ? [] : [byte])))
}

const markTokens = (): JsonAddedToken[] =>
  CONTROL_MARKS.map((content, bits) => ({
    // Any free id does: it is looked up after loading.
    id: 0xe0f0 + bits,
    content,
    special: true,
    normalized: false,
    single_word: false,
    lstrip: (bits & 1) === 1,
    rstrip: (bits & 2) === 2,
  }))

/** Settings of the file that would make encoding differ from the plain reference: they never apply to training text. */
const PLAIN = { post_processor: null, truncation: null, padding: null }

/** The tokenizer for rendered text: every added token recognised, nothing put around the text. */
export const templateVariant = (json: TokenizerJson): TokenizerJson => ({ ...json, ...PLAIN })

/** The tokenizer for plain text: control tokens unknown, the marks in their place. */
export const ordinaryVariant = (json: TokenizerJson): TokenizerJson => ({
  ...json,
  ...PLAIN,
  added_tokens: [...json.added_tokens.filter((token) => !isControl(token)), ...markTokens()],
})
