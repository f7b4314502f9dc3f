import type { z } from 'zod'
import { GuidelineContent } from './guideline.ts'
import type { MarkdownFault, WrittenGuideline } from './guideline-markdown-reader.ts'

/** How long a file may be, in UTF-16 code units: three hundred pages are half a million. */
export const MOST_CHARACTERS = 2_000_000
// Each is a block to read, and whoever waits for the same process waits as well.
const MOST_LINES = 50_000
// Items of lists and lines of quotations, each within each other: the slowest to read of all there is.
const MOST_MARKS = 30_000
const DEEPEST = 20
const MARKS = new RegExp(`^[ \\t]*(?:>[ \\t]*|(?:[-*+]|\\d{1,9}[.)])[ \\t]+){1,${DEEPEST + 1}}`)

/** How many lists and quotations a line opens or goes on with. */
const marksOf = (line: string): number => MARKS.exec(line)?.[0].match(/[>*+.)-]/g)?.length ?? 0

/** What keeps a file from being looked at at all; null where nothing does. */
export function sizeFault(text: string): MarkdownFault | null {
  const fault = (line: number, message: string) => ({ line, heading: '', message })
  if (text.length > MOST_CHARACTERS) return fault(1, `a file has at most ${MOST_CHARACTERS} characters, this one ${text.length}; shorten it`)
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.length > MOST_LINES) return fault(MOST_LINES + 1, `a file has at most ${MOST_LINES} lines, this one ${lines.length}; shorten it`)
  let marks = 0
  for (const [index, line] of lines.entries()) {
    const here = marksOf(line)
    if (here > DEEPEST)
      return fault(index + 1, `lists or quotations stand more than ${DEEPEST} deep in each other; nothing is read that deep, write them flat`)
    marks += here
    if (marks > MOST_MARKS) return fault(index + 1, `a file has at most ${MOST_MARKS} items of lists and lines of quotations; shorten it`)
  }
  return null
}

/** What is wrong with a text, as it is said behind the name of its field. */
function saidOf(issue: z.core.$ZodIssue, field: string): string {
  if (issue.code !== 'too_big') return `${field} ${issue.message}`
  return issue.origin === 'string'
    ? `${field} is longer than ${issue.maximum} characters; shorten it`
    : `there are more than ${issue.maximum} ${field}; take some out`
}

/** What of a file no guideline can hold: texts too long, too many, or with characters that no text has. */
export function contentFaults(content: GuidelineContent, { title, rules, procedure }: WrittenGuideline): MarkdownFault[] {
  const issues = GuidelineContent.safeParse(content).error?.issues ?? []
  return issues.flatMap((issue): MarkdownFault[] => {
    const [part, index, ...within] = issue.path
    const rule = part === 'rules' ? rules[Number(index)] : undefined
    const step = part === 'procedure' ? procedure[Number(index)] : undefined
    const field = (rule || step ? within : issue.path).join('.')
    // What names a rule has been told with the cure.
    if (rule && field === 'slug') return []
    const message = saidOf(issue, field)
    if (rule) return [{ line: rule.line, heading: rule.title, message }]
    if (step) return [{ line: step.line, heading: `Step ${Number(index) + 1} (${step.id})`, message }]
    return [{ line: 1, heading: title ?? '', message }]
  })
}
