import { sha256Hex } from '#lib/domain/content-hash.ts'
import { CONTROL_MARKS, type Encoded, type Tokenizer } from '#lib/domain/sft/encode.ts'
import { createFinder, type Piece } from './added-tokens.ts'
import { type MergeTable, mergePieces } from './bpe-merge.ts'
import { createSplitter, type Splitter, UnsupportedTokenizerError } from './pre-tokenize.ts'
import {
  addedTokensOf,
  byteCharacters,
  isLossless,
  type JsonAddedToken,
  missingBytesOf,
  ordinaryVariant,
  stepsOf,
  TokenizerJson,
} from './tokenizer-json.ts'

export { UnsupportedTokenizerError }

type Word = { ids: number[]; sizes: number[]; ascii: boolean }
const CACHE_LIMIT = 100_000

/** Byte-level BPE of pre-tokenized words, with the words seen before remembered. */
class ByteBpe {
  private readonly table: MergeTable
  /** The id of each byte; undefined for one the vocabulary lacks, which the reference leaves out. */
  private readonly byteIds: (number | undefined)[]
  private readonly vocab: Map<string, number>
  private readonly whole: boolean
  private readonly cache = new Map<string, Word>()
  private readonly utf8 = new TextEncoder()
  private readonly characters = byteCharacters()

  constructor(model: TokenizerJson['model'], vocab: Map<string, number>) {
    this.vocab = vocab
    this.whole = model.ignore_merges === true
    this.byteIds = this.characters.map((character) => vocab.get(character))
    if (model.unk_token && this.byteIds.includes(undefined))
      throw new UnsupportedTokenizerError('bytes that the vocabulary lacks become an unknown-token')
    this.table = mergeTable(model.merges, vocab)
  }

  encode(word: string): Word {
    const known = this.cache.get(word)
    if (known) return known
    const bytes = this.utf8.encode(word)
    const spelled = this.whole ? this.vocab.get(Array.from(bytes, (byte) => this.characters[byte]).join('')) : undefined
    const ids = spelled === undefined ? Array.from(bytes, (byte) => this.byteIds[byte]).filter((id) => id !== undefined) : [spelled]
    const sizes = spelled === undefined ? ids.map(() => 1) : [bytes.length]
    const result: Word = { ids, sizes, ascii: bytes.length === word.length }
    if (spelled === undefined) mergePieces(result.ids, result.sizes, this.table)
    if (this.cache.size >= CACHE_LIMIT) this.cache.clear()
    if (word.length < 64) this.cache.set(word, result)
    return result
  }
}

/** Vocabularies are too large to spread into Math.max. */
function largest(values: Iterable<number>, least: number): number {
  let most = least
  for (const value of values) if (value > most) most = value
  return most
}

function mergeTable(merges: unknown, vocab: Map<string, number>): MergeTable {
  if (!Array.isArray(merges)) throw new UnsupportedTokenizerError('the model has no merges')
  const stride = largest(vocab.values(), merges.length) + 1
  const pairs = new Map<number, number>()
  merges.forEach((merge: unknown, rank) => {
    const [left = '', right = ''] = typeof merge === 'string' ? merge.split(' ') : (merge as string[])
    const [a, b, merged] = [vocab.get(left), vocab.get(right), vocab.get(left + right)]
    if (a === undefined || b === undefined || merged === undefined)
      throw new UnsupportedTokenizerError(`merge ${rank} names no tokens of the vocabulary`)
    pairs.set(a * stride + b, rank * stride + merged)
  })
  return { pairs, stride }
}

/** A text in NFC with, for each unit of it, the range of the original it came from; null where it was NFC already. */
type Normalized = { text: string; starts: number[] | null; ends: number[] | null }

function normalizeNfc(text: string): Normalized {
  const whole = text.normalize('NFC')
  if (whole === text) return { text, starts: null, ends: null }
  const starts: number[] = []
  const ends: number[] = []
  let joined = ''
  const take = (chunk: string, at: number) => {
    const normal = chunk.normalize('NFC')
    joined += normal
    const same = normal.length === chunk.length
    for (let i = 0; i < normal.length; i++) {
      starts.push(same ? at + i : at)
      ends.push(same ? at + i + 1 : at + chunk.length)
    }
  }
  for (const match of text.matchAll(/[\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff]+|\P{M}?\p{M}+|[^]/gu)) take(match[0], match.index)
  if (joined !== whole) {
    starts.length = 0
    ends.length = 0
    take(text, 0)
  }
  return { text: whole, starts, ends }
}

type Engine = { find: (text: string) => Piece[]; split: Splitter; bpe: ByteBpe; nfc: boolean }

function encodeWith({ find, split, bpe, nfc }: Engine, text: string): Encoded {
  const ids: number[] = []
  const starts: number[] = []
  const ends: number[] = []
  for (const piece of find(text)) {
    if (piece.id !== null) {
      ids.push(piece.id)
      starts.push(piece.start)
      ends.push(piece.end)
      continue
    }
    const own = text.slice(piece.start, piece.end)
    const normal = nfc ? normalizeNfc(own) : { text: own, starts: null, ends: null }
    const words = split(normal.text)
    for (let w = 0; w < words.length; w += 2) {
      const from = words[w] as number
      const word = normal.text.slice(from, words[w + 1])
      const encoded = bpe.encode(word)
      const map = unitOfByte(word, encoded)
      let byte = 0
      for (let i = 0; i < encoded.ids.length; i++) {
        const size = encoded.sizes[i] as number
        const first = from + (map ? (map.starts[byte] as number) : byte)
        const last = from + (map ? (map.ends[byte + size - 1] as number) : byte + size)
        ids.push(encoded.ids[i] as number)
        starts.push(piece.start + (normal.starts ? (normal.starts[first] as number) : first))
        ends.push(piece.start + (normal.ends ? (normal.ends[last - 1] as number) : last))
        byte += size
      }
    }
  }
  return { ids: Int32Array.from(ids), starts: Int32Array.from(starts), ends: Int32Array.from(ends) }
}

/** For each UTF-8 byte of a word the UTF-16 range of its character; null when the word is ASCII. */
function unitOfByte(word: string, { ascii }: Word): { starts: number[]; ends: number[] } | null {
  if (ascii) return null
  const starts: number[] = []
  const ends: number[] = []
  let at = 0
  for (const point of word) {
    const code = point.codePointAt(0) as number
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    for (let i = 0; i < bytes; i++) {
      starts.push(at)
      ends.push(at + point.length)
    }
    at += point.length
  }
  return { starts, ends }
}

/**
 * A tokenizer that runs where the reference cannot: in a browser or a Web Worker. Ids equal the reference's for
 * byte-level BPE (GPT-2, Llama 3, Qwen, SmolLM and their kin). `text` is the content of tokenizer.json.
 * Throws UnsupportedTokenizerError for any other kind of tokenizer, and SyntaxError or ZodError for a broken file.
 */
export async function createBrowserTokenizer(text: string): Promise<Tokenizer> {
  return createByteBpeTokenizer(TokenizerJson.parse(JSON.parse(text)), await sha256Hex(text))
}

/** The same from a parsed file; `hash` is the sha256 of its text. */
export function createByteBpeTokenizer(file: TokenizerJson, hash: string): Tokenizer {
  const { model } = file
  if ((model.type ?? 'BPE') !== 'BPE' || typeof model.vocab !== 'object' || model.vocab === null || Array.isArray(model.vocab)) {
    throw new UnsupportedTokenizerError(`the model ${model.type ?? ''} is not byte-level BPE`)
  }
  for (const field of ['continuing_subword_prefix', 'end_of_word_suffix'] as const) {
    if (model[field]) throw new UnsupportedTokenizerError(`the model uses ${field}`)
  }
  const normalizers = stepsOf(file.normalizer)
  const foreign = normalizers.find((step) => step.type !== 'NFC')
  if (foreign) throw new UnsupportedTokenizerError(`the normalizer ${foreign.type} is not supported in the browser`)
  const vocab = new Map(Object.entries(model.vocab as Record<string, number>))
  // A token the vocabulary has already keeps its id there, whatever the file says.
  const json = { ...file, added_tokens: file.added_tokens.map((token) => ({ ...token, id: vocab.get(token.content) ?? token.id })) }
  const shared = { split: createSplitter(json), bpe: new ByteBpe(model, vocab), nfc: normalizers.length > 0 }
  const marks = new Map<string, number>(CONTROL_MARKS.map((mark, bits) => [mark, -1 - bits]))
  const template: Engine = { ...shared, find: createFinder(json.added_tokens, (token) => token.id) }
  const ordinary: Engine = { ...shared, find: createFinder(ordinaryVariant(json).added_tokens, (token) => marks.get(token.content) ?? token.id) }
  const added = new Map<string, JsonAddedToken>(json.added_tokens.map((token) => [token.content, token]))
  return {
    hash,
    addedTokens: addedTokensOf(json),
    vocabSize:
      largest(
        vocab.values(),
        largest(
          json.added_tokens.map((token) => token.id),
          0,
        ),
      ) + 1,
    lossless: isLossless(json),
    missingBytes: missingBytesOf(json),
    encodeTemplate: (text) => encodeWith(template, text),
    encodeOrdinary: (text) => encodeWith(ordinary, text),
    idOf: (token) => added.get(token)?.id ?? vocab.get(token),
    decode: createDecoder(vocab, json.added_tokens),
  }
}

function createDecoder(vocab: Map<string, number>, added: readonly JsonAddedToken[]): (ids: ArrayLike<number>) => string {
  const byteOf = new Map(byteCharacters().map((character, byte) => [character, byte]))
  const tokens: string[] = []
  for (const [token, id] of vocab) tokens[id] = token
  for (const token of added) tokens[token.id] = token.content
  const utf8 = new TextEncoder()
  const bytesOf = (token: string): number[] | Uint8Array => {
    const bytes = Array.from(token, (character) => byteOf.get(character))
    return bytes.every((byte) => byte !== undefined) ? bytes : utf8.encode(token)
  }
  return (ids) => {
    const bytes: number[] = []
    for (let i = 0; i < ids.length; i++) {
      const token = tokens[ids[i] as number]
      if (token === undefined) throw new RangeError(`no token has the id ${ids[i]}`)
      for (const byte of bytesOf(token)) bytes.push(byte)
    }
    // A byte-order mark is text here.
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes))
  }
}
