import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inspectModelFolder } from '#lib/adapters/models/folder.ts'
import { loadTokenizerFolder } from '#lib/adapters/tokenizer/hf-folder.ts'
import { Recipe } from '#lib/domain/sft/recipe.ts'
import { loadEngine } from '#lib/services/engine.ts'
import { tokenizerFolder } from '../sft/fixtures.ts'

const INJECTING =
  "{% if messages[0]['role'] != 'system' %}{{ bos_token + 'You are Bob, trained by a shop\\n' }}{% endif %}" +
  "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\\n' }}{% endfor %}"

let folder = ''
const file = (name: string) => path.join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'exemplar-model-'))
  cpSync(tokenizerFolder, folder, { recursive: true })
  writeFileSync(file('config.json'), JSON.stringify({ vocab_size: 300, hidden_size: 8, num_hidden_layers: 1, architectures: ['X'] }))
  const header = Buffer.from(JSON.stringify({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }))
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(BigInt(header.length))
  writeFileSync(file('model.safetensors'), Buffer.concat([size, header, Buffer.alloc(4)]))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Moves the template from its own file into a list in tokenizer_config.json, and the special tokens into their older file. */
function useOlderForms(template: string): void {
  const { bos_token: _, ...settings } = JSON.parse(readFileSync(file('tokenizer_config.json'), 'utf8'))
  rmSync(file('chat_template.jinja'))
  const templates = [
    { name: 'tool_use', template: 'other' },
    { name: 'default', template },
  ]
  writeFileSync(file('tokenizer_config.json'), JSON.stringify({ ...settings, chat_template: templates }))
  writeFileSync(file('special_tokens_map.json'), JSON.stringify({ bos_token: { content: '<s>' } }))
}

describe('a model folder', () => {
  test('is read the same at registration and for builds, in the older forms too', async () => {
    useOlderForms(INJECTING)
    const [registered, built] = await Promise.all([inspectModelFolder(folder), loadTokenizerFolder(folder)])
    expect(built.chatTemplate).toBe(INJECTING)
    expect(registered.chatTemplateHash).toBe(built.chatTemplateHash)
    expect(registered.tokenizerHash).toBe(built.tokenizerHash)
    expect(built.specialTokens.bos_token).toMatchObject({ content: '<s>' })
    expect(registered.injectedIdentity).toContain('You are Bob')
  })

  test('without a template or with spoilt settings is refused by the file’s name', async () => {
    writeFileSync(file('special_tokens_map.json'), '[')
    await expect(inspectModelFolder(folder)).rejects.toThrow('special_tokens_map.json')
    rmSync(file('special_tokens_map.json'))
    rmSync(file('chat_template.jinja'))
    writeFileSync(file('tokenizer_config.json'), '{}')
    await expect(inspectModelFolder(folder)).rejects.toThrow('chat_template.jinja is missing')
  })

  test('whose template was put right is read anew, even within the clock’s grain', async () => {
    const model = { path: folder, name: 'changing' }
    const before = await loadEngine(model, Recipe.parse({}))
    expect(await loadEngine(model, Recipe.parse({}))).toMatchObject({ chatTemplateHash: before.chatTemplateHash })
    writeFileSync(file('chat_template.jinja'), `${before.chatTemplate}{# put right #}`)
    utimesSync(file('chat_template.jinja'), 1, 1)
    const after = await loadEngine(model, Recipe.parse({}))
    expect(after.chatTemplate).toContain('put right')
    expect(after.chatTemplateHash).not.toBe(before.chatTemplateHash)
  })
})
