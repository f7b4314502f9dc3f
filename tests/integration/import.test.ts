import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { importPrompts, listImportFaults } from '#lib/services/import.ts'
import { invoke } from '#lib/services/operation.ts'
import { createPrompt, getPrompt, listPrompts, withdrawPrompt } from '#lib/services/prompt.ts'
import { submitReview } from '#lib/services/review.ts'
import { send, tokenOf } from '../support/http.ts'
import { as, buildProject, join, refusal, user } from '../support/world.ts'

/** The bytes in small pieces, as a network brings them. */
const streamOf = (bytes: Uint8Array | string, piece = 997) => {
  const all = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
  let at = 0
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= all.length) return controller.close()
      controller.enqueue(all.subarray(at, at + piece))
      at += piece
    },
  })
}

async function open() {
  const project = await buildProject()
  const engineer = await join(project.id, 'engineer')
  const run = (file: Uint8Array | string, query: Record<string, string> = {}, more: object = {}) =>
    invoke(importPrompts, { params: { projectId: project.id }, query: query as never }, as(engineer, { body: streamOf(file), ...more }))
  return { project, engineer, run }
}

const row = (n: number, more: object = {}) => ({ instruction: `Question ${n}?`, input: '', output: `Answer ${n}.`, ...more })
const lines = (...rows: unknown[]) => rows.map((each) => JSON.stringify(each)).join('\n')

describe('text the database cannot hold, in any field', () => {
  const asked = { conversations: [{ from: 'human', value: 'Hi' }] }
  test.each([
    ['the description of a tool', { ...asked, tools: [{ name: 'f', description: 'a\u0000b', parameters: {} }] }],
    ['the name of a tool', { ...asked, tools: [{ name: 'f\ud800', description: '', parameters: {} }] }],
    ['the parameters of a tool', { ...asked, tools: '[{"name": "f", "description": "", "parameters": "{\\u0000}"}]' }],
    ['a role', { conversations: [{ from: 'al\u0000ien', value: 'Hi' }] }],
    ['the category', { ...asked, category: 'a\u0000b' }],
    ['a tag', { ...asked, tags: ['ok', 'a\ud800'] }],
    ['the source', { ...asked, source: 'a\u0000b' }],
    ['the external id', { ...asked, id: 'a\u0000b' }],
    ['an external id too long to index', { ...asked, id: 'x'.repeat(20_000) }],
    ['the instructions', { ...asked, instructions: 'a\ud800b' }],
    [
      'a call that is no JSON',
      {
        conversations: [
          { from: 'human', value: 'Hi' },
          { from: 'function_call', value: '{"a": \u0000\ud800' },
        ],
      },
    ],
  ])('%s is a fault of that row alone', async (_name, bad) => {
    const { run } = await open()
    const good = (value: string) => ({ conversations: [{ from: 'human', value }] })
    for (const dryRun of ['true', 'false']) {
      const result = await run(lines(good('one'), bad, good('two')), { dryRun })
      expect(result).toMatchObject({ candidates: 3, imported: 2, faulty: 1 })
      expect(result.faults).toMatchObject([{ row: 2, line: 2 }])
      expect(result.faults[0]?.field).not.toBe('')
    }
  })
})

describe('importing', () => {
  test('a transfer that breaks off keeps the rows that came, says how many, and can be sent again', async () => {
    const { project, engineer, run } = await open()
    const text = lines(...Array.from({ length: 2500 }, (_, n) => row(n)))
    const half = new TextEncoder().encode(text.slice(0, Math.floor(text.length / 2)))
    let isSent = false
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (isSent) return controller.error(new Error('connection reset'))
        isSent = true
        controller.enqueue(half)
      },
    })
    const broken = await refusal(run('', {}, { body }))
    expect(broken).toMatchObject({ code: 'file-incomplete', message: expect.stringMatching(/broke off.*12\d\d rows were imported/) })
    const [kept] = await db.promptImport.findMany({ where: { projectId: project.id } })
    expect(kept).toMatchObject({ id: broken.data.importId, imported: broken.data.imported, finishedAt: expect.any(Date) })
    const again = await invoke(
      importPrompts,
      { params: { projectId: project.id }, query: {} as never },
      as(engineer, { body: streamOf(text, 64 * 1024) }),
    )
    expect(again).toMatchObject({ candidates: 2500, duplicates: kept?.imported, imported: 2500 - (kept?.imported ?? 0) })
  })

  test('recognises each format and keeps the prompt up to its last question', async () => {
    const { project, run } = await open()
    const files = {
      alpaca: [{ instruction: 'Sum up.', input: 'A text.', output: 'Short.', system: 'Be brief.', history: [['Hi', 'Hello']] }],
      sharegpt: [
        {
          conversations: [
            { from: 'human', value: 'Weather?' },
            { from: 'function_call', value: '{"name": "w", "arguments": {"t": 1.0}}' },
            { from: 'observation', value: 'rain' },
            { from: 'gpt', value: 'Rain.' },
            { from: 'human', value: 'Thanks!' },
          ],
          tools: '[{"name": "w", "description": "d", "parameters": {"x": 12345678901234567890}}]',
        },
      ],
      messages: [
        {
          messages: [
            { role: 'user', content: [{ type: 'text', text: 'Hello?' }] },
            { role: 'assistant', content: 'Yes.' },
          ],
        },
      ],
      prompt: [{ prompt: 'Why?', category: 'open-qa', id: 7 }],
    }
    for (const [format, rows] of Object.entries(files))
      expect(await run(JSON.stringify(rows), { fileName: `${format}.json` })).toMatchObject({ format, candidates: 1, imported: 1, faulty: 0 })
    const prompts = await db.prompt.findMany({ where: { projectId: project.id }, orderBy: { position: 'asc' } })
    expect(prompts[0]?.messages).toMatchObject([
      { role: 'system' },
      { content: 'Hi' },
      { content: 'Hello', role: 'assistant', train: true },
      { content: 'Sum up.\nA text.' },
    ])
    expect(prompts[1]?.messages).toMatchObject([
      {},
      { toolCalls: [{ name: 'w', arguments: '{"t": 1.0}' }] },
      { role: 'tool', content: 'rain' },
      {},
      { content: 'Thanks!' },
    ])
    expect(prompts[1]?.tools).toMatchObject([{ parameters: '{"x": 12345678901234567890}' }])
    expect(prompts[3]).toMatchObject({ externalId: '7', category: 'open-qa', source: 'prompt.json' })
  })

  test('rows that name no language get the one asked for, or that of their script, or that of the project, and it is told how many did', async () => {
    const { project, run } = await open()
    await db.project.update({ where: { id: project.id }, data: { language: 'zh' } })
    const file = lines({ prompt: 'one' }, { prompt: 'two', language: 'fr' }, { prompt: 'three', lang: 'de' }, { prompt: '日本の首都は？' })
    const told = [
      { language: 'zh', count: 1 },
      { language: 'ja', count: 1 },
    ]
    expect(await run(file, { dryRun: 'true' })).toMatchObject({ languagesTaken: told })
    expect(await run(file)).toMatchObject({ languagesTaken: told })
    expect(await run(lines({ prompt: '你好' }), { language: 'en' })).toMatchObject({ languagesTaken: [{ language: 'en', count: 1 }] })
    const prompts = await db.prompt.findMany({ where: { projectId: project.id }, orderBy: { position: 'asc' } })
    expect(prompts.map(({ language }) => language)).toEqual(['zh', 'fr', 'de', 'ja', 'en'])
  })

  test('it is told how many rows bring an answer, asked for or not, and of how many duplicates none is taken', async () => {
    const { project, run } = await open()
    const file = lines({ prompt: 'a', answer: 'A' }, { prompt: 'b', answer: 'B' }, { prompt: 'a', answer: 'other' }, { prompt: 'c', language: 'en' })
    for (const dryRun of ['true', 'false']) expect(await run(file, { dryRun })).toMatchObject({ imported: 3, answers: 2, answersOfDuplicates: 1 })
    const again = lines({ prompt: 'a', answer: 'A' }, { prompt: 'd', answer: 'D' })
    for (const dryRun of ['true', 'false'])
      expect(await run(again, { dryRun, answers: 'submit' })).toMatchObject({ imported: 1, duplicates: 1, answers: 1, answersOfDuplicates: 1 })
    expect(await db.conversation.count({ where: { projectId: project.id } })).toBe(1)
  })

  test('candidates = imported + duplicates + faulty; importing again adds nothing; a dry run tells the same', async () => {
    const { project, run } = await open()
    const file = lines(row(1), row(2), row(1), { instruction: 5 }, { messages: [] }, row(3))
    const dry = await run(file, { dryRun: 'true' })
    expect(dry).toMatchObject({ id: null, candidates: 6, imported: 3, duplicates: 1, faulty: 2 })
    expect(await db.prompt.count({ where: { projectId: project.id } })).toBe(0)
    const real = await run(file)
    expect(real).toMatchObject({ candidates: 6, imported: 3, duplicates: 1, faulty: 2, faults: dry.faults })
    expect(await run(file)).toMatchObject({ imported: 0, duplicates: 4, faulty: 2 })
    expect((await run(file, { dryRun: 'true' })).duplicates).toBe(4)
  })

  test('every bad row names its line, field and cure, and keeps no other out', async () => {
    const { engineer, run } = await open()
    const file = [
      JSON.stringify(row(1)),
      '{"instruction": "x", ',
      JSON.stringify({ instruction: 'a\u0000b' }),
      '{"instruction": "\\ud800"}',
      JSON.stringify({ instruction: ['not a text'] }),
      JSON.stringify(row(2)),
    ].join('\n')
    const result = await run(file)
    expect(result).toMatchObject({ candidates: 6, imported: 2, faulty: 4 })
    expect(result.faults.map(({ line, field, code }) => [line, field, code])).toEqual([
      [2, '', 'malformed-json'],
      [3, 'messages.0.content', 'unsound-text'],
      [4, 'messages.0.content', 'unsound-text'],
      [5, 'instruction', 'wrong-type'],
    ])
    for (const fault of result.faults) expect(`${fault.message} ${fault.cure}`).toMatch(/\. .+\./)
    const kept = await invoke(listImportFaults, { importId: result.id ?? '' }, as(engineer))
    expect(kept).toEqual({ items: result.faults, nextAfterRow: null })
  })

  test.each([
    ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, 'messages.0.role', 'unknown-role'],
    [
      'an assistant that speaks first',
      {
        messages: [
          { role: 'assistant', content: 'x' },
          { role: 'user', content: 'y' },
        ],
      },
      'messages.0.role',
      'assistant-first',
    ],
    ['no messages', { messages: [] }, 'messages', 'no-messages'],
    [
      'a result without a call',
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'tool', content: 'y' },
          { role: 'user', content: 'z' },
        ],
      },
      'messages.1',
      'result-without-call',
    ],
    ['a picture', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages.0.content.0', 'unsupported-part'],
    ['tools that are no JSON', { messages: [{ role: 'user', content: 'x' }], tools: '[' }, 'tools', 'malformed-json'],
  ])('%s is a fault of its row', async (_name, bad, field, code) => {
    const { run } = await open()
    const result = await run(lines(row(1), bad), { format: 'messages' })
    expect(result.faults.at(-1)).toMatchObject({ row: 2, line: 2, field, code })
  })

  test.each<[string, Uint8Array | string, string, RegExp]>([
    ['a Parquet file', 'PAR1\u0015\u0004aaaaaaa', 'unreadable-file', /Parquet/],
    ['a picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]), 'unreadable-file', /PNG/],
    ['nothing', '', 'unreadable-file', /empty/],
    ['a CSV', 'a,b\n1,2\n'.repeat(20), 'unknown-format', /JSON/],
    ['objects of another kind', '{"colour": "red", "size": 3}\n', 'unknown-format', /colour/],
    ['a list of numbers', '[1, 2]', 'unknown-format', /first row is a number/],
  ])('%s is refused as a file', async (_name, file, code, words) => {
    const { project, run } = await open()
    const refused = await refusal(run(file))
    expect(refused.code).toBe(code)
    expect(refused.message).toMatch(words)
    // Where the file holds rows, choosing a format may help.
    expect(refused.data?.reason).toBe(/colour|number/.test(words.source) ? 'fields' : undefined)
    expect(await db.prompt.count({ where: { projectId: project.id } })).toBe(0)
  })

  test('a 30 MB line and a 10^5-deep JSON are faults, in bounded time', async () => {
    const { run } = await open()
    const huge = `{"instruction": "${'x'.repeat(30 * 1024 * 1024)}"}`
    const deep = `{"instruction": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const inText = JSON.stringify({ instruction: 'x', tools: `${'['.repeat(100_000)}${']'.repeat(100_000)}` })
    const messages = JSON.stringify({ messages: [{ role: 'user', content: 'x' }], tools: '['.repeat(100_000) })
    const result = await run([JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }] }), huge, deep, messages, inText].join('\n'))
    expect(result).toMatchObject({ imported: 1, faulty: 4 })
    expect(result.faults.map(({ code, field }) => [code, field])).toEqual([
      ['row-too-large', ''],
      ['too-deep', ''],
      ['too-deep', 'tools'],
      ['wrong-type', 'messages'],
    ])
  })

  test('a file that arrives incomplete says so, keeps what came and can be sent again', async () => {
    const { project, run } = await open()
    const file = lines(...Array.from({ length: 5 }, (_, n) => row(n)))
    const refused = await refusal(run(file.slice(0, 200), {}, { contentLength: file.length }))
    expect(refused.code).toBe('file-incomplete')
    const there = await db.prompt.count({ where: { projectId: project.id } })
    expect(there).toBeGreaterThan(0)
    expect(await run(file, {}, { contentLength: file.length })).toMatchObject({ imported: 5 - there, duplicates: there })
  })

  test('answers can come along as submitted conversations, with their blanks filled, for others to approve', async () => {
    const { project, run, engineer } = await open()
    const file = lines(row(1), { instruction: 'Who are you?', output: 'I am {{name}}.' })
    expect(await run(file, { answers: 'submit' })).toMatchObject({ blanks: ['name'], faults: [{ row: 2, code: 'placeholder' }] })
    expect(await run(file, { answers: 'submit', replacements: 'name=Juniper' })).toMatchObject({ imported: 1, duplicates: 1, faulty: 0 })
    const [first] = await db.conversation.findMany({
      where: { projectId: project.id },
      include: { revisions: true, prompt: true },
      orderBy: { createdAt: 'desc' },
    })
    expect(first).toMatchObject({ state: 'submitted', authorId: engineer.userId, prompt: { openSlots: 0 } })
    expect(JSON.stringify(first?.revisions[0]?.messages)).toContain('I am Juniper.')
    const verdict = { conversationId: first?.id ?? '', revisionId: first?.currentRevisionId ?? '', verdict: 'approve' as const }
    expect((await invoke(submitReview, verdict, as(await join(project.id, 'reviewer')))).state).toBe('approved')
  })

  test('by HTTP the file is the body, and only those who may import do', async () => {
    const project = await buildProject()
    const token = await tokenOf(await join(project.id, 'engineer'), project.id)
    const path = `/projects/${project.id}/imports?fileName=a.jsonl`
    const sent = await send(path, { method: 'POST', token, raw: lines(row(1), row(2)), headers: { 'content-type': 'application/x-ndjson' } })
    expect(sent.body).toMatchObject({ imported: 2, format: 'alpaca' })
    expect((await send(path, { method: 'POST', token, headers: { 'content-type': 'application/json' } })).body.code).toBe('unreadable-file')
    const labeller = await tokenOf(await join(project.id, 'labeller'), project.id)
    expect(
      (await send(path, { method: 'POST', token: labeller, raw: lines(row(3)), headers: { 'content-type': 'application/json' } })).body.code,
    ).toBe('forbidden')
  })
})

/**
 * Public files that are not ours to ship, LLaMA-Factory's demo data: in the folder EXEMPLAR_TEST_DATA names, or in
 * `shared/data` beside the checkout. Without the files there are no such tests; named and missing, they fail.
 */
const DATA = process.env.EXEMPLAR_TEST_DATA || path.resolve(import.meta.dirname, '../../../shared/data')
const realFiles = () => {
  test.each([
    ['alpaca_en_demo.json', 'alpaca', 999],
    ['identity.json', 'alpaca', 91],
    ['glaive_toolcall_en_demo.json', 'sharegpt', 300],
    ['dpo_en_demo.json', 'sharegpt', 300],
  ])('%s is taken whole', async (name, format, candidates) => {
    const { run } = await open()
    const result = await run(readFileSync(path.join(DATA, name)), { fileName: name })
    expect(result.format).toBe(format)
    expect(result.candidates).toBe(candidates)
    expect(result.faulty, JSON.stringify(result.faults.slice(0, 3))).toBe(0)
  })
}
if (process.env.EXEMPLAR_TEST_DATA || existsSync(DATA)) describe('real files', realFiles)

describe('prompts', () => {
  test('are listed by keyset with an exact total, read, added and withdrawn', async () => {
    const { project, engineer, run } = await open()
    await run(lines(...Array.from({ length: 5 }, (_, n) => row(n))))
    const first = await invoke(listPrompts, { projectId: project.id, limit: 3, withTotal: true }, as(engineer))
    const second = await invoke(listPrompts, { projectId: project.id, limit: 3, cursor: first.nextCursor ?? '' }, as(engineer))
    expect(first.total).toBe(5)
    expect(new Set([...first.items, ...second.items].map((item) => item.id)).size).toBe(5)
    const one = await invoke(createPrompt, { projectId: project.id, messages: [user('Mine?')] }, as(engineer))
    expect(one.language).toBe('en')
    expect(await invoke(createPrompt, { projectId: project.id, messages: [user('你好')] }, as(engineer))).toMatchObject({ language: 'zh' })
    expect((await refusal(invoke(createPrompt, { projectId: project.id, messages: one.messages }, as(engineer)))).code).toBe('already-exists')
    expect((await refusal(invoke(createPrompt, { projectId: project.id, messages: [{ ...user('x'), role: 'assistant' }] }, as(engineer)))).code).toBe(
      'conversation-incomplete',
    )
    expect((await invoke(withdrawPrompt, { promptId: one.id }, as(engineer))).state).toBe('withdrawn')
    expect((await refusal(invoke(withdrawPrompt, { promptId: one.id }, as(engineer)))).code).toBe('illegal-transition')
    expect((await refusal(invoke(getPrompt, { promptId: one.id }, as(await join(project.id, 'labeller'))))).code).toBe('forbidden')
  })
})
