import { z } from 'zod'
import { creatorOf } from '#lib/domain/actor.ts'
import { Int4 } from '#lib/domain/bounds.ts'
import { refuse } from '#lib/domain/errors.ts'
import { type GuidelineContent, RulePrinciple } from '#lib/domain/guideline.ts'
import { fromMarkdown, toMarkdown } from '#lib/domain/guideline-markdown.ts'
import { MOST_CHARACTERS } from '#lib/domain/guideline-markdown-limits.ts'
import { contentChanges, mergeLanguage } from '#lib/domain/guideline-merge.ts'
import { LOCALES } from '#lib/domain/locale.ts'
import { PlainText } from '#lib/domain/plain-text.ts'
import { contentOf, findVersion, readDraft, refuseVersion, writeDraft } from './guideline-content.ts'
import { operation } from './operation.ts'
import { projectSubject } from './subject.ts'

const Language = z.enum(LOCALES).describe('The language of the texts in the file; those in the other stay as they are')
const ProjectInput = z.strictObject({ projectId: z.uuid() })

const Import = ProjectInput.extend({
  language: Language,
  text: PlainText.max(MOST_CHARACTERS).describe('Markdown: headings with {#principle/name level=must}, or in the shape of the Model Spec'),
  principle: RulePrinciple.default('helpful').describe('What rules stand under whose name says no principle'),
})

const Changes = z.object({
  rules: z.array(z.object({ slug: z.string(), kind: z.enum(['added', 'changed', 'removed']) })),
  title: z.boolean(),
  body: z.boolean(),
  procedure: z.boolean(),
  order: z.boolean().describe('Rules that both have stand in another order'),
})

const Fault = z.object({
  line: z.int(),
  heading: z.string().describe('The heading it stands under'),
  message: z.string().describe('What is wrong and what to write instead'),
})

/** What the contract says of an answer that is a file. */
const asMarkdown = <Spec extends object>(current: Spec) => ({
  ...current,
  responses: { 200: { description: 'The text', content: { 'text/markdown': { schema: { type: 'string' as const, format: 'binary' } } } } },
})

/** The draft as it would be with this file. @returns faults where the file cannot be read. */
function merged(draft: GuidelineContent, { text, language, principle }: z.output<typeof Import>) {
  const { content, faults } = fromMarkdown(text, language, principle)
  if (faults.length === 0 && content.rules.length === 0)
    faults.push({
      line: 1,
      heading: content.title[language] ?? '',
      message: 'no heading names a rule; write {#principle/name level=must} behind those that do',
    })
  return { content: mergeLanguage(draft, content, language), faults }
}

export const exportGuideline = operation('guideline:read', {
  name: 'exportGuideline',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/guideline/markdown',
    summary: 'A published version of the guideline in one language, as Markdown in the shape of the Model Spec',
    tags: ['guideline'],
    spec: asMarkdown,
  },
  input: ProjectInput.extend({ language: z.enum(LOCALES), version: z.string().max(40).optional().describe('Absent: the newest') }),
  output: z.instanceof(Blob),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    const row = (await findVersion(tx, subject.id, input.version)) ?? refuseVersion(input.version)
    return new File([toMarkdown(contentOf(row), input.language)], `guideline-${row.version}.${input.language}.md`, { type: 'text/markdown' })
  },
})

export const exportGuidelineDraft = operation('guideline:edit', {
  name: 'exportGuidelineDraft',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/guideline/draft/markdown',
    summary: 'The unpublished guideline in one language, as Markdown',
    tags: ['guideline'],
    spec: asMarkdown,
  },
  input: ProjectInput.extend({ language: z.enum(LOCALES) }),
  output: z.instanceof(Blob),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    const { content } = await readDraft(tx, subject.id)
    return new File([toMarkdown(content, input.language)], `guideline-draft.${input.language}.md`, { type: 'text/markdown' })
  },
})

export const previewGuidelineImport = operation('guideline:edit', {
  name: 'previewGuidelineImport',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/guideline/draft/markdown/preview',
    summary: 'What importing a Markdown file would change in the unpublished guideline, or what keeps it from being read',
    tags: ['guideline'],
  },
  input: Import,
  output: z.object({ draftVersion: z.int(), faults: z.array(Fault), changes: Changes.nullable().describe('Null where there are faults') }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  // Nothing is written.
  event: null,
  run: async ({ tx, input, subject }) => {
    const draft = await readDraft(tx, subject.id)
    const { content, faults } = merged(draft.content, input)
    return { draftVersion: draft.version, faults: faults.slice(0, 200), changes: faults.length > 0 ? null : contentChanges(draft.content, content) }
  },
})

export const importGuideline = operation('guideline:edit', {
  name: 'importGuideline',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/guideline/draft/markdown',
    summary: 'Put the texts of a Markdown file into the unpublished guideline',
    description: 'Rules that the file lacks leave the draft. The other language keeps its texts of every rule that stays.',
    tags: ['guideline'],
  },
  input: Import.extend({ baseVersion: Int4.min(0).describe('The draft version that was read') }),
  output: z.object({ version: z.int(), savedAt: z.date(), changes: Changes }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'guideline.imported',
  run: async ({ tx, input, actor, subject, note }) => {
    const draft = await readDraft(tx, subject.id)
    const { content, faults } = merged(draft.content, input)
    if (faults.length > 0) {
      const told = faults.map(({ line, heading, message }) => ({
        path: 'text',
        message: `Line ${line}${heading && `, under “${heading}”`}: ${message}.`,
      }))
      refuse(
        'invalid-input',
        told
          .slice(0, 5)
          .map(({ message }) => message)
          .join(' '),
        { issues: told.slice(0, 200) },
      )
    }
    const changes = contentChanges(draft.content, content)
    const saved = await writeDraft(tx, subject.id, { baseVersion: input.baseVersion, content, updatedById: creatorOf(actor) })
    note({ language: input.language, rules: changes.rules.length })
    return { ...saved, changes }
  },
})

export const guidelineExchangeOperations = { exportGuideline, exportGuidelineDraft, previewGuidelineImport, importGuideline }
