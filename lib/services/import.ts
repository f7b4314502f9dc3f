import { z } from 'zod'
import { db } from '#lib/db.ts'
import { personOf } from '#lib/domain/actor.ts'
import { Int4 } from '#lib/domain/bounds.ts'
import { refuse } from '#lib/domain/errors.ts'
import { FORMATS } from '#lib/domain/import/formats.ts'
import { PlainText } from '#lib/domain/plain-text.ts'
import { ImportFile } from './import-file.ts'
import { operation, type Tx } from './operation.ts'
import { projectSubject } from './subject.ts'

const FaultShape = z.object({
  row: z.int(),
  line: z.int().nullable(),
  column: z.int().nullable(),
  field: z.string(),
  code: z.string(),
  message: z.string(),
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
  faults: z.array(FaultShape).describe('The first of them; getImport gives all'),
  samples: z.array(z.string()).describe('First words of the first rows'),
})

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
  language: PlainText.max(20).default('').describe('For rows that name none'),
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
  subject: ({ tx, input }) => projectSubject(tx, input.params.projectId),
  // A file outlives a transaction: each batch has its own, and the import's row says how far it came.
  transaction: 'none',
  body: 'stream',
  event: 'prompts.imported',
  run: async ({ input, actor, subject, context, signal, note }) => {
    if (!context.body) return refuse('unreadable-file', 'The request has no body: send the file itself, as application/octet-stream.')
    const file = await ImportFile.open({ projectId: subject.id, personId: personOf(actor).userId, query: input.query })
    const result = await file.read(context.body, context.contentLength ?? null, signal)
    note({ importId: result.id, fileName: result.fileName, imported: result.imported, faulty: result.faulty, isDryRun: result.isDryRun })
    return result
  },
})

async function importSubject(tx: Tx, importId: string) {
  return tx.promptImport.findUnique({ where: { id: importId } })
}

const Summary = z.object({
  id: z.uuid(),
  fileName: z.string(),
  format: z.string(),
  candidates: z.int(),
  imported: z.int(),
  duplicates: z.int(),
  faulty: z.int(),
  createdAt: z.date(),
  finishedAt: z.date().nullable(),
})

export const listImports = operation('prompt:read', {
  name: 'listImports',
  route: { method: 'GET', path: '/projects/{projectId}/imports', summary: 'Imported files, newest first', tags: ['prompts'] },
  input: z.strictObject({ projectId: z.uuid(), limit: z.int().min(1).max(200).default(50) }),
  output: z.object({ items: z.array(Summary) }),
  subject: ({ tx, input }) => projectSubject(tx, input.projectId),
  run: async ({ tx, input, subject }) => ({
    items: await tx.promptImport.findMany({ where: { projectId: subject.id }, orderBy: { createdAt: 'desc' }, take: input.limit }),
  }),
})

export const getImport = operation('prompt:read', {
  name: 'getImport',
  route: { method: 'GET', path: '/imports/{importId}', summary: 'An import with the rows it could not take', tags: ['prompts'] },
  input: z.strictObject({ importId: z.uuid(), afterRow: Int4.min(0).default(0), limit: z.int().min(1).max(500).default(100) }),
  output: Summary.extend({ faults: z.array(FaultShape), nextAfterRow: z.int().nullable() }),
  subject: ({ tx, input }) => importSubject(tx, input.importId),
  run: async ({ input, subject }) => {
    const rows = await db.importFault.findMany({
      where: { importId: subject.id, row: { gt: input.afterRow } },
      orderBy: { row: 'asc' },
      take: input.limit + 1,
    })
    const faults = rows.slice(0, input.limit)
    return { ...subject, faults, nextAfterRow: rows.length > input.limit ? (faults.at(-1)?.row ?? null) : null }
  },
})

export const importOperations = { importPrompts, listImports, getImport }
