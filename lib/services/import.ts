import { z } from 'zod'
import { personOf } from '#lib/domain/actor.ts'
import { Int4 } from '#lib/domain/bounds.ts'
import { refuse } from '#lib/domain/errors.ts'
import { FORMATS } from '#lib/domain/import/formats.ts'
import type { InputFault } from '#lib/domain/input-fault.ts'
import { PlainText } from '#lib/domain/plain-text.ts'
import { ImportFile } from './import-file.ts'
import { operation, type Tx } from './operation.ts'
import { pageOf } from './page.ts'
import { projectSubject } from './subject.ts'

const FaultShape = z.object({
  row: z.int().describe('Counted from 1 over all rows of the file'),
  line: z.int().nullable(),
  column: z.int().nullable().describe('Of the field’s value; null where the file holds none'),
  field: z.string().describe('Path in the row; empty for the row as a whole'),
  code: z.string(),
  facts: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .nullable()
    .describe('What the texts of this code name; null in accounts made before there were any'),
  message: z.string(),
  cure: z.string(),
  excerpt: z.string(),
})

const Imported = z.object({
  id: z.uuid().nullable().describe('Null for a dry run, which leaves nothing behind'),
  fileName: z.string(),
  format: z.enum(['auto', ...FORMATS]),
  isDryRun: z.boolean(),
  candidates: z.int(),
  imported: z.int(),
  duplicates: z.int().describe('Rows that are in the file or in the project already, by content or external id'),
  faulty: z.int(),
  bytes: z.int(),
  fileHash: z.string(),
  faults: z.array(FaultShape).describe('The first of them; listImportFaults gives more'),
  answers: z.int().describe('Imported rows that bring an answer in the file; `answers` of the query says whether it comes along'),
  answersOfDuplicates: z.int().describe('Duplicates that bring an answer: it is never imported, because the prompt exists'),
  languagesTaken: z.array(z.object({ language: z.string(), count: z.int() })).describe('What rows that name no language got'),
  samples: z.array(z.string()).describe('First words of the first rows'),
  blanks: z.array(z.string()).describe('Names like the name of {{name}} in answers, filled or not, that `replacements` can fill'),
})

const EMPTY_FILE: InputFault = { code: 'empty-file', limit: 0 }

const Query = z.strictObject({
  fileName: PlainText.min(1).max(300).default('upload.json'),
  format: z.enum(['auto', ...FORMATS]).default('auto'),
  dryRun: z.stringbool().default(false),
  answers: z
    .enum(['ignore', 'submit'])
    .default('ignore')
    .describe('`submit`: rows with an answer become submitted conversations of yours, for others to review'),
  answersWanted: z.coerce.number().int().min(1).max(20).default(1),
  category: PlainText.max(100).default('').describe('For rows that name none'),
  language: PlainText.max(20)
    .default('')
    .describe('For rows that name none; empty: the one their script decides (zh, ja, ko), else that of the project'),
  source: PlainText.max(300).default(''),
  licence: PlainText.max(100).default(''),
  replacements: PlainText.max(5000)
    .default('')
    .transform((text, context) => {
      const pairs = text.split('\n').filter(Boolean)
      const wrong = pairs.find((pair) => !/^\w+=/.test(pair))
      if (wrong) context.addIssue({ code: 'custom', message: `“${wrong}” must read name=text` })
      return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
    })
    .describe('What to put for blanks like {{name}}: one name=text a line'),
})
export type ImportQuery = z.output<typeof Query>

export const importPrompts = operation('prompt:import', {
  name: 'importPrompts',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/imports',
    summary: 'Import a file of prompts',
    description:
      'The body is the file: JSON or JSON lines, as Alpaca, ShareGPT, messages or plain prompts, recognised by its first row. It is read as it comes, in bounded memory. A faulty row is reported with its line and never keeps the others out. Repeating an import adds nothing twice.',
    tags: ['prompts'],
    inputStructure: 'detailed',
    spec: (current) => ({
      ...current,
      requestBody: { required: true, content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } },
    }),
  },
  input: z.object({ params: z.strictObject({ projectId: z.uuid() }), query: Query.prefault({}), body: z.unknown().optional() }),
  output: Imported,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.params.projectId, actor),
  // A file outlives a transaction: each batch has its own, and the import's row says how far it came.
  transaction: 'none',
  body: 'stream',
  // Closing the import writes the event, so that one that breaks off has it as well; a dry run changes nothing.
  event: null,
  run: async ({ input, actor, subject, context, signal }) => {
    const { userId } = personOf(actor)
    if (!context.body) return refuse('unreadable-file', 'The file is empty: the request has no body.', { fault: EMPTY_FILE })
    const caller = { actor, requestId: context.requestId, via: context.via }
    const file = await ImportFile.open({ projectId: subject.id, projectLanguage: subject.language, personId: userId, query: input.query, caller })
    return await file.read(context.body, context.contentLength ?? null, signal)
  },
})

async function importSubject(tx: Tx, importId: string) {
  return tx.promptImport.findUnique({ where: { id: importId, isDryRun: false } })
}
type ImportRow = NonNullable<Awaited<ReturnType<typeof importSubject>>>

const Summary = z.object({
  id: z.uuid(),
  fileName: z.string(),
  format: z.string(),
  state: z.enum(['running', 'finished', 'interrupted']),
  failure: z.object({ code: z.string(), detail: z.string() }).nullable().describe('Why it broke off'),
  candidates: z.int(),
  imported: z.int(),
  duplicates: z.int(),
  faulty: z.int(),
  bytes: z.int(),
  fileHash: z.string(),
  importedBy: z.string().nullable().describe('Name of the person; null when the account is gone'),
  createdAt: z.date(),
  finishedAt: z.date().nullable(),
})

async function summariesOf(tx: Tx, rows: readonly ImportRow[]): Promise<z.input<typeof Summary>[]> {
  const people = await tx.user.findMany({
    where: { id: { in: [...new Set(rows.map((row) => row.createdById))] } },
    select: { id: true, name: true, email: true },
  })
  const names = new Map(people.map(({ id, name, email }) => [id, name || email]))
  return rows.map(({ state, failure, byteLength, ...row }) => ({
    ...row,
    state: Summary.shape.state.parse(state),
    failure: Summary.shape.failure.parse(failure),
    bytes: Number(byteLength),
    importedBy: names.get(row.createdById) ?? null,
  }))
}

export const listImports = operation('prompt:read', {
  name: 'listImports',
  route: { method: 'GET', path: '/projects/{projectId}/imports', summary: 'Imported files, newest first', tags: ['prompts'] },
  input: z.strictObject({ projectId: z.uuid(), cursor: z.uuid().optional(), limit: z.int().min(1).max(200).default(50) }),
  output: z.object({ items: z.array(Summary), nextCursor: z.string().nullable() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    const rows = await tx.promptImport.findMany({
      where: { projectId: subject.id, isDryRun: false },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: input.limit + 1,
      ...(input.cursor ? { cursor: { id: input.cursor }, skip: 1 } : {}),
    })
    const { items, last } = pageOf(rows, input.limit)
    return { items: await summariesOf(tx, items), nextCursor: last?.id ?? null }
  },
})

const ById = z.strictObject({ importId: z.uuid() })

export const getImport = operation('prompt:read', {
  name: 'getImport',
  route: { method: 'GET', path: '/imports/{importId}', summary: 'The account of an imported file', tags: ['prompts'] },
  input: ById,
  output: Summary.extend({ keptFaults: z.int().describe('Of very many bad rows only the first are kept') }),
  subject: ({ tx, input }) => importSubject(tx, input.importId),
  run: async ({ tx, subject }) => {
    const [summary] = await summariesOf(tx, [subject])
    const keptFaults = await tx.importFault.count({ where: { importId: subject.id } })
    return summary ? { ...summary, keptFaults } : refuse('not-found')
  },
})

const faultsAfter = (tx: Tx, importId: string, row: number, limit: number) =>
  tx.importFault.findMany({ where: { importId, row: { gt: row } }, orderBy: { row: 'asc' }, take: limit })

export const listImportFaults = operation('prompt:read', {
  name: 'listImportFaults',
  route: { method: 'GET', path: '/imports/{importId}/faults', summary: 'Rows of a file that could not be taken, in their order', tags: ['prompts'] },
  input: ById.extend({ afterRow: Int4.min(0).default(0), limit: z.int().min(1).max(500).default(100) }),
  output: z.object({ items: z.array(FaultShape), nextAfterRow: z.int().nullable() }),
  subject: ({ tx, input }) => importSubject(tx, input.importId),
  run: async ({ tx, input, subject }) => {
    const { items, last } = pageOf(await faultsAfter(tx, subject.id, input.afterRow, input.limit + 1), input.limit)
    return { items: z.array(FaultShape).parse(items), nextAfterRow: last?.row ?? null }
  },
})

const FAULTS_AT_ONCE = 1000

export const downloadImportFaults = operation('prompt:read', {
  name: 'downloadImportFaults',
  route: {
    method: 'GET',
    path: '/imports/{importId}/faults.jsonl',
    summary: 'All kept bad rows of a file as JSON lines: place, reason, cure and how the row begins',
    tags: ['prompts'],
    spec: (current) => ({
      ...current,
      responses: { 200: { description: 'The rows', content: { 'application/x-ndjson': { schema: { type: 'string', format: 'binary' } } } } },
    }),
  },
  input: ById,
  output: z.instanceof(Blob),
  subject: ({ tx, input }) => importSubject(tx, input.importId),
  run: async ({ tx, subject }) => {
    const lines: string[] = []
    for (let row = 0; ; ) {
      const faults = await faultsAfter(tx, subject.id, row, FAULTS_AT_ONCE)
      for (const { importId: _importId, ...fault } of faults) lines.push(`${JSON.stringify(fault)}\n`)
      row = faults.at(-1)?.row ?? 0
      if (faults.length < FAULTS_AT_ONCE) break
    }
    return new File(lines, `${subject.fileName}.faults.jsonl`, { type: 'application/x-ndjson' })
  },
})

export const importOperations = { importPrompts, listImports, getImport, listImportFaults, downloadImportFaults }
