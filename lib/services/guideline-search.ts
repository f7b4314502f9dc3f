import { z } from 'zod'
import { excerptOf, marksIn, searchDocuments } from '#lib/domain/guideline-search.ts'
import { LOCALES } from '#lib/domain/locale.ts'
import { localized } from '#lib/domain/rules.ts'
import { currentGuideline } from './current-guideline.ts'
import { contentOf, findVersion, refuseVersion, ruleOf } from './guideline-content.ts'
import { documentsOf } from './guideline-index.ts'
import { operation } from './operation.ts'
import { RuledRule, ruledRules } from './ruled-rule.ts'
import { projectSubject } from './subject.ts'

const Search = z.strictObject({ projectId: z.uuid(), search: z.string().max(200).default('') })

const MarkedText = z.object({
  text: z.string(),
  marks: z.array(z.tuple([z.int(), z.int()])).describe('Ranges of what was found, [from, to) in UTF-16 code units'),
})

export const searchRules = operation('guideline:read', {
  name: 'searchRules',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/guideline/rules',
    summary: 'Rules of the newest guideline that hold every word of a search, best first',
    tags: ['guideline'],
  },
  input: Search,
  output: z.object({ version: z.string().nullable(), items: z.array(RuledRule) }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    const current = await currentGuideline(tx, subject.id)
    if (!current) return { version: null, items: [] }
    const { id, version } = current
    if (input.search.trim() === '') {
      const row = await findVersion(tx, subject.id, version)
      return { version, items: await ruledRules(tx, subject.id, row ? contentOf(row).rules : []) }
    }
    const found = searchDocuments(await documentsOf(tx, subject.id, current), input.search)
    const slugs = found.flatMap(({ document }) => (document.kind === 'rule' ? document.name : []))
    const rows = await tx.rule.findMany({ where: { guidelineVersionId: id, slug: { in: slugs } } })
    const bySlug = new Map(rows.map((row) => [row.slug, ruleOf(row)]))
    const rules = slugs.flatMap((slug) => bySlug.get(slug) ?? [])
    return { version, items: await ruledRules(tx, subject.id, rules) }
  },
})

export const searchGuideline = operation('guideline:read', {
  name: 'searchGuideline',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/guideline/search',
    summary: 'Rules, steps and sections of a guideline that hold every word of a search, best first, with the words around',
    tags: ['guideline'],
  },
  input: Search.extend({
    search: z
      .string()
      .max(200)
      .refine((text) => text.trim() !== '', 'Write at least one word to search for.'),
    version: z.string().max(40).optional().describe('Absent: the newest'),
    language: z.enum(LOCALES).default('en').describe('Which text to show where both hold the words'),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  }),
  output: z.object({
    version: z.string(),
    count: z.int().describe('How many there are, shown or not'),
    items: z.array(
      z.object({
        kind: z.enum(['rule', 'step', 'section']),
        name: z.string().describe('The slug of a rule, the name of a step, the heading of a section'),
        title: MarkedText,
        excerpt: MarkedText,
      }),
    ),
  }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    const { search, language, version } = input
    const wanted =
      version === undefined
        ? await currentGuideline(tx, subject.id)
        : await tx.guidelineVersion.findFirst({ where: { projectId: subject.id, version }, select: { id: true, version: true } })
    const { id, version: name } = wanted ?? refuseVersion(version)
    const found = searchDocuments(await documentsOf(tx, subject.id, { id, version: name }), search)
    const items = found.slice(0, input.limit).map(({ document }) => {
      const title = localized(document.title, language)
      return {
        kind: document.kind,
        name: document.name,
        title: { text: title, marks: marksIn(title, search) },
        excerpt: excerptOf(document, search, language),
      }
    })
    return { version: name, count: found.length, items }
  },
})

export const guidelineSearchOperations = { searchRules, searchGuideline }
