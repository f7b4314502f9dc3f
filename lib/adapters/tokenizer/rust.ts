import { Tokenizer as RustTokenizer } from 'tokenizers'
import { CONTROL_MARKS, type Encoded, type Tokenizer } from '#lib/domain/sft/encode.ts'
import {
  addedTokensOf,
  isLossless,
  missingBytesOf,
  ordinaryVariant,
  type TokenizerJson,
  templateVariant,
} from '#lib/domain/sft/tokenizer/tokenizer-json.ts'

const ASTRAL = /[\u{10000}-\u{10FFFF}]/u

/** UTF-16 position of each code point of a text, and its length at the end; null where both counts agree. */
function utf16Positions(text: string): Int32Array | null {
  if (!ASTRAL.test(text)) return null
  const positions = new Int32Array(text.length + 1)
  let points = 0
  let at = 0
  for (const point of text) {
    positions[points++] = at
    at += point.length
  }
  positions[points] = at
  return positions.subarray(0, points + 1)
}

async function encode(tokenizer: RustTokenizer, text: string, ids: Map<number, number> | null): Promise<Encoded> {
  const encoding = await tokenizer.encode(text, null, { addSpecialTokens: false })
  const raw = encoding.getIds()
  const offsets = encoding.getOffsets()
  const positions = utf16Positions(text)
  const out: Encoded = { ids: new Int32Array(raw.length), starts: new Int32Array(raw.length), ends: new Int32Array(raw.length) }
  for (let i = 0; i < raw.length; i++) {
    const id = raw[i] as number
    const [start = 0, end = 0] = offsets[i] ?? []
    out.ids[i] = ids?.get(id) ?? id
    // The binding counts code points.
    out.starts[i] = positions ? (positions[start] as number) : start
    out.ends[i] = positions ? (positions[end] as number) : end
  }
  return out
}

/**
 * The reference tokenizer: Hugging Face's own Rust implementation.
 * `hash` is the sha256 of the tokenizer.json the value was read from. Throws Error when the file is not accepted.
 */
export function createRustTokenizer(json: TokenizerJson, hash: string): Tokenizer {
  const template = RustTokenizer.fromString(JSON.stringify(templateVariant(json)))
  const ordinaryJson = ordinaryVariant(json)
  const ordinary = RustTokenizer.fromString(JSON.stringify(ordinaryJson))
  // A token the vocabulary has already keeps its id there, whatever the file says.
  const addedTokens = addedTokensOf(json).map((token) => ({ ...token, id: template.tokenToId(token.content) ?? token.id }))
  // The second instance numbers its few added tokens anew.
  const renumbered = new Map<number, number>()
  for (const token of addedTokens) {
    const id = token.control ? null : ordinary.tokenToId(token.content)
    if (id !== null && id !== token.id) renumbered.set(id, token.id)
  }
  CONTROL_MARKS.forEach((mark, bits) => {
    const id = ordinary.tokenToId(mark)
    if (id === null) throw new Error('the tokenizer does not accept marks for control tokens')
    renumbered.set(id, -1 - bits)
  })
  return {
    hash,
    addedTokens,
    vocabSize: Math.max(template.getVocabSize(true), ...addedTokens.map((token) => token.id + 1)),
    lossless: isLossless(json),
    missingBytes: missingBytesOf(json),
    encodeTemplate: (text) => encode(template, text, null),
    encodeOrdinary: (text) => encode(ordinary, text, renumbered),
    idOf: (token) => template.tokenToId(token) ?? undefined,
    decode: (ids) => template.decode(Array.from(ids), false),
  }
}
