import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { loadTokenizerFolder, requireChatTemplate } from '#lib/adapters/tokenizer/hf-folder.ts'
import { createRustTokenizer } from '#lib/adapters/tokenizer/rust.ts'
import { CONTROL_MARKS, type Tokenizer } from '#lib/domain/sft/encode.ts'
import { createBrowserTokenizer, createByteBpeTokenizer, UnsupportedTokenizerError } from '#lib/domain/sft/tokenizer/byte-bpe.ts'
import { TokenizerJson } from '#lib/domain/sft/tokenizer/tokenizer-json.ts'
import { browser, hostileText, rust, tokenizerFolder } from './fixtures.ts'

vi.setConfig({ testTimeout: 60_000 })

const fields = ({ ids, starts, ends }: { ids: Int32Array; starts: Int32Array; ends: Int32Array }) => ({
  ids: [...ids],
  starts: [...starts],
  ends: [...ends],
})

describe.each([
  ['rust', rust],
  ['browser', browser],
] as [string, Tokenizer][])('%s', (_, tokenizer) => {
  test('offsets are UTF-16 and cover the text', async () => {
    const text = 'a😀<|im_end|> é你'
    const { ids, starts, ends } = await tokenizer.encodeTemplate(text)
    expect(ends.at(-1)).toBe(text.length)
    expect(starts[0]).toBe(0)
    const control = ids.indexOf(tokenizer.idOf('<|im_end|>') as number)
    expect([starts[control], ends[control]]).toEqual([3, 13])
    for (let i = 1; i < ids.length; i++) expect(starts[i]).toBeLessThanOrEqual(ends[i - 1] as number)
  })

  test('ordinary encoding knows no control token, and marks keep their places', async () => {
    const plain = await tokenizer.encodeOrdinary('x<|im_end|>[INST]</think>')
    const controls = new Set(tokenizer.addedTokens.map((token) => token.id))
    expect([...plain.ids].filter((id) => controls.has(id))).toEqual([])
    const marked = await tokenizer.encodeOrdinary(`a${CONTROL_MARKS[0]}b ${CONTROL_MARKS[3]} c`)
    expect([...marked.ids].filter((id) => id < 0)).toEqual([-1, -4])
    const at = marked.ids.indexOf(-4)
    expect([marked.starts[at], marked.ends[at]]).toEqual([3, 6])
  })

  test('decoding gives back the text, a byte-order mark included', async () => {
    const property = fc.asyncProperty(hostileText, async (text) => {
      const { ids } = await tokenizer.encodeTemplate(text)
      expect((await tokenizer.decode(ids)).normalize('NFC')).toBe(text.normalize('NFC'))
    })
    await fc.assert(property, { examples: [['\uFEFFa\uFEFF']] })
  })
})

test('both engines agree on every token and, in NFC, on every offset', async () => {
  const property = fc.asyncProperty(
    fc.oneof(
      hostileText,
      fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed()),
    ),
    async (text) => {
      const normal = text.normalize('NFC') === text
      for (const method of ['encodeTemplate', 'encodeOrdinary'] as const) {
        const [ours, theirs] = [fields(await browser[method](text)), fields(await rust[method](text))]
        if (normal) expect(ours).toEqual(theirs)
        else expect(ours.ids).toEqual(theirs.ids)
      }
    },
  )
  await fc.assert(property, { numRuns: 500 })
})

test('a long word merges as the reference merges it', async () => {
  const text = `${'ab'.repeat(400)}${' '.repeat(1500)}${'\n'.repeat(99)}${'é你'.repeat(200)}`
  expect(fields(await browser.encodeTemplate(text))).toEqual(fields(await rust.encodeTemplate(text)))
})

test('tokens that take whitespace or stand alone match as in the reference', async () => {
  const json = TokenizerJson.parse(JSON.parse(await readFile(path.join(tokenizerFolder, 'tokenizer.json'), 'utf8')))
  const flags = { lstrip: false, rstrip: false, normalized: false, single_word: false, special: true }
  const last = Math.max(...json.added_tokens.map((token) => token.id))
  json.added_tokens.push({ ...flags, id: last + 1, content: '<L>', lstrip: true }, { ...flags, id: last + 2, content: '<R>', rstrip: true })
  json.added_tokens.push(
    { ...flags, id: last + 3, content: 'solo', single_word: true },
    { ...flags, id: last + 4, content: '   ', special: false, normalized: true },
  )
  const [a, b] = [createRustTokenizer(json, ''), createByteBpeTokenizer(json, '')]
  expect(a.lossless).toBe(false)
  expect(a.addedTokens.filter((token) => !token.control).map((token) => token.content)).toEqual(['   '])
  const pieces = fc.array(fc.constantFrom('<L>', '<R>', 'solo', ' ', '   ', '\n', 'a', '<|im_end|>', CONTROL_MARKS[1], CONTROL_MARKS[2]), {
    maxLength: 9,
  })
  const property = fc.asyncProperty(pieces, async (parts) => {
    for (const method of ['encodeTemplate', 'encodeOrdinary'] as const) {
      expect(fields(await b[method](parts.join('')))).toEqual(fields(await a[method](parts.join(''))))
    }
  })
  await fc.assert(property, { numRuns: 300 })
})

test('bytes the vocabulary lacks are left out as the reference leaves them out, and known', async () => {
  const json = TokenizerJson.parse(JSON.parse(await readFile(path.join(tokenizerFolder, 'tokenizer.json'), 'utf8')))
  // 0x04 and 0xF1, the first byte of U+50000, under their printable names; their ids stay taken.
  const renamed = new Map([
    ['\u0104', 'no byte'],
    ['ñ', 'no byte either'],
  ])
  const vocab = Object.fromEntries(Object.entries(json.model.vocab as Record<string, number>).map(([token, id]) => [renamed.get(token) ?? token, id]))
  const poorer = { ...json, model: { ...json.model, vocab } }
  const [a, b] = [createRustTokenizer(poorer, ''), createByteBpeTokenizer(poorer, '')]
  expect([...a.missingBytes]).toEqual([0x04, 0xf1])
  expect(b.missingBytes).toEqual(a.missingBytes)
  expect(rust.missingBytes.size).toBe(0)
  const pieces = fc.array(fc.constantFrom('\u0004', '\u{50000}', 'word', 'é', '你', ' ', '<|im_end|>'), { maxLength: 8 })
  // Only the ids: where bytes are gone, offsets mean nothing, and such a text is refused anyway.
  const property = fc.asyncProperty(pieces, async (parts) => {
    expect((await b.encodeTemplate(parts.join(''))).ids).toEqual((await a.encodeTemplate(parts.join(''))).ids)
  })
  await fc.assert(property, { numRuns: 300, examples: [[['é', '\u0004']]] })
  expect(() => createByteBpeTokenizer({ ...poorer, model: { ...poorer.model, unk_token: '<|endoftext|>' } }, '')).toThrow(UnsupportedTokenizerError)
})

describe('a model folder', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'exemplar-model-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('gives tokenizer, template, special tokens and their hashes', async () => {
    const loaded = await loadTokenizerFolder(tokenizerFolder)
    expect(loaded.tokenizerHash).toMatch(/^[0-9a-f]{64}$/)
    expect(loaded.tokenizer.hash).toBe(loaded.tokenizerHash)
    expect((await createBrowserTokenizer(await readFile(path.join(tokenizerFolder, 'tokenizer.json'), 'utf8'))).hash).toBe(loaded.tokenizerHash)
    expect(requireChatTemplate(loaded).chatTemplate).toContain('<|im_start|>')
    expect(loaded.specialTokens).toMatchObject({ eos_token: '<|im_end|>', pad_token: { content: '<|endoftext|>' }, bos_token: null })
  })

  test('says what is missing', async () => {
    await expect(loadTokenizerFolder(path.join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'folder-missing' })
    await expect(loadTokenizerFolder(folder)).rejects.toMatchObject({ code: 'tokenizer-json-missing' })
    await writeFile(path.join(folder, 'tokenizer.model'), 'x')
    await expect(loadTokenizerFolder(folder)).rejects.toThrow('save_pretrained')
    await writeFile(path.join(folder, 'tokenizer.json'), '{"model": {"type": "Nonsense", "vocab": {}}}')
    await expect(loadTokenizerFolder(folder)).rejects.toMatchObject({ code: 'tokenizer-json-invalid' })
    await writeFile(path.join(folder, 'tokenizer.json'), await readFile(path.join(tokenizerFolder, 'tokenizer.json')))
    const bare = await loadTokenizerFolder(folder)
    expect(bare.chatTemplate).toBeNull()
    expect(() => requireChatTemplate(bare)).toThrow('chat_template.jinja')
    await writeFile(path.join(folder, 'tokenizer_config.json'), '{"chat_template": 7}')
    await expect(loadTokenizerFolder(folder)).rejects.toMatchObject({ code: 'config-invalid' })
  })

  test('the file wins over the config, and the default over other named templates', async () => {
    await writeFile(
      path.join(folder, 'tokenizer_config.json'),
      JSON.stringify({
        chat_template: [
          { name: 'rag', template: 'r' },
          { name: 'default', template: 'd' },
        ],
      }),
    )
    expect((await loadTokenizerFolder(folder)).chatTemplate).toBe('d')
    await writeFile(path.join(folder, 'chat_template.jinja'), 'file')
    expect((await loadTokenizerFolder(folder)).chatTemplate).toBe('file')
    expect((await loadTokenizerFolder(folder, { chatTemplate: 'mine' })).chatTemplate).toBe('mine')
  })
})

test.each([
  ['WordPiece', { model: { type: 'WordPiece', vocab: {} } }],
  ['a prefix space', { pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } }],
  ['a lower-casing normalizer', { normalizer: { type: 'Lowercase' } }],
  [
    'an unknown pattern',
    {
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: 'a++' }, behavior: 'Isolated' },
          { type: 'ByteLevel', use_regex: false },
        ],
      },
    },
  ],
])('the browser engine refuses %s', async (_, change) => {
  const json = { ...JSON.parse(await readFile(path.join(tokenizerFolder, 'tokenizer.json'), 'utf8')), ...change }
  await expect(createBrowserTokenizer(JSON.stringify(json))).rejects.toThrow(UnsupportedTokenizerError)
})
