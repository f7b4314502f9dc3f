import { fromMarkdown as parse } from 'mdast-util-from-markdown'
import type { GuidelineContent, LocalizedText } from './guideline.ts'
import type { Node } from './guideline-markdown-blocks.ts'

type Names = ReadonlyMap<string, { slug: string; title: string }>

// Stars and underlines make no link, and thousands that pair with nothing take minutes to sort out.
const WITHOUT_EMPHASIS = { disable: { null: ['attention'] } }

// A longer one would be no name of a link.
const LONGEST_TITLE = 500

/** The links of a text, the innermost as well. */
function* linksIn(nodes: readonly Node[]): Generator<Extract<Node, { type: 'link' }>> {
  for (const node of nodes) {
    if (node.type === 'link') yield node
    if ('children' in node) yield* linksIn(node.children)
  }
}

/** Points links at the names rules have now; `[?](#name)` stands for the title of what it points at. */
function relinkText(text: string, names: Names): string {
  if (!text.includes('](#')) return text
  const pieces: string[] = []
  let done = 0
  for (const { url, position } of linksIn(parse(text, { extensions: [WITHOUT_EMPHASIS] }).children)) {
    const [from, to] = [position?.start.offset, position?.end.offset]
    const target = url.startsWith('#') ? names.get(url.slice(1)) : undefined
    if (!target || from === undefined || to === undefined || from < done) continue
    const link = text.slice(from, to).replace(/\]\(#[^)]*\)$/, `](#${target.slug})`)
    const named = target.title.length > LONGEST_TITLE ? link : link.replace(/^\[\?\]/, () => `[${target.title}]`)
    pieces.push(text.slice(done, from), named)
    done = to
  }
  return pieces.join('') + text.slice(done)
}

/** A guideline whose links follow the rules that were given another name. */
export function relink(content: GuidelineContent, names: Names): GuidelineContent {
  const all = (text: LocalizedText): LocalizedText =>
    Object.fromEntries(Object.entries(text).map(([locale, each]) => [locale, relinkText(each, names)]))
  return {
    ...content,
    body: all(content.body),
    procedure: content.procedure.map((step) => ({ ...step, text: all(step.text) })),
    rules: content.rules.map((rule) => ({ ...rule, statement: all(rule.statement), rationale: all(rule.rationale) })),
  }
}
