import { MOST_RULES, MOST_STEPS } from './guideline.ts'
import { type Attributes, type Block, blocksOf, listOf, textOfSegment, trimBlock } from './guideline-markdown-blocks.ts'
import { parseExamples, readExamples, type WrittenExample } from './guideline-markdown-examples.ts'

/** What keeps a text from being read: where, under which heading, and what to write instead. */
export type MarkdownFault = { line: number; heading: string; message: string }

export type WrittenRule = {
  line: number
  slug: string
  attributes: Attributes
  title: string
  statement: string
  rationale: string
  examples: WrittenExample[]
}
export type WrittenStep = { line: number; id: string; text: string; ranks: string[] }

/** The parts of a guideline as a file in one language holds them, before they are checked. */
export type WrittenGuideline = { title: string | null; body: string; procedure: WrittenStep[]; rules: WrittenRule[]; faults: MarkdownFault[] }

export const RATIONALE = '**Rationale**'
export const EXAMPLE = '**Example**'
/** Headings that only divide the file. */
export const CONTAINERS = { title: 'guideline', rules: 'rules', procedure: 'conflicts' } as const
/** The depth rules and steps are written at; a heading as high ends them. */
export const PART_DEPTH = 2

const COMMENTARY = /^!!! \w+(?: ".*")?(?:\n|$)/
const STEP = /^conflicts\/(.+)$/

const isExampleLabel = (block: Block | undefined): boolean => block?.kind === 'paragraph' && block.text.startsWith(EXAMPLE)
const isExampleCode = (block: Block | undefined): block is Extract<Block, { kind: 'code' }> =>
  block?.kind === 'code' && (block.info === 'xml' || block.info === 'json example')
const isCommentary = (block: Block): boolean => block.kind === 'paragraph' && COMMENTARY.test(block.text)

/** Would a block of the guideline's own text be taken for the start of something else? */
export const isMarkInBody = (block: Block): boolean => block.kind === 'heading' && (block.attributes !== null || block.isBroken)

/** The same within a rule or a step. */
export const isMarkInPart = (block: Block): boolean =>
  isMarkInBody(block) ||
  (block.kind === 'heading' && block.depth <= PART_DEPTH) ||
  (block.kind === 'paragraph' && block.text === RATIONALE) ||
  isExampleLabel(block) ||
  isExampleCode(block) ||
  isCommentary(block)

const TOO_MANY_STEPS = `the conflict procedure has at most ${MOST_STEPS} steps; put some together or take them out`

/** Lines without the four spaces they are set in by. */
const dedent = (text: string): string => text.replace(/^(?: {1,4}|\t)/gm, '')

/** Reads a file block by block; a heading says where what follows belongs. */
export class MarkdownReader {
  readonly found: WrittenGuideline = { title: null, body: '', procedure: [], rules: [], faults: [] }
  private readonly source: string
  private readonly blocks: Block[]
  private at = 0
  private heading = ''
  /** Where texts go, and the depth of the heading they stand under. */
  private into: { depth: number; take: (text: string) => void; rule?: WrittenRule; isProcedure?: true }

  constructor(source: string) {
    this.source = source
    this.blocks = blocksOf(source)
    this.into = this.body()
  }

  read(): WrittenGuideline {
    const [first] = this.blocks
    if (first?.kind === 'heading' && first.depth === 1 && !isMarkInBody(first)) {
      this.found.title = first.text
      this.heading = first.text
      this.at = 1
    }
    while (this.at < this.blocks.length) {
      const block = this.blocks[this.at]
      if (block?.kind === 'heading' && this.openHeading(block)) this.at++
      else if (!this.readMark()) this.readSegment()
    }
    return this.found
  }

  private body = (): typeof this.into => ({ depth: 0, take: (text) => (this.found.body = joined(this.found.body, text)) })

  private fault(line: number, message: string): void {
    this.found.faults.push({ line, heading: this.heading, message })
  }

  /** Says what there is too much of and reads no further: the rest would be refused with it. */
  private stop(line: number, message: string): void {
    this.fault(line, message)
    this.at = this.blocks.length
  }

  /** Turns to what a heading opens; false leaves it to the text it stands in. */
  private openHeading(block: Extract<Block, { kind: 'heading' }>): boolean {
    const { attributes, text, line, depth } = block
    if (attributes || block.isBroken || depth <= this.into.depth) this.heading = text
    if (block.isBroken) {
      this.fault(line, 'what stands in braces behind the heading cannot be read; write {#principle/name level=must} and close quotes and brace')
      return true
    }
    if (!attributes) {
      if (depth <= this.into.depth) this.into = this.body()
      return false
    }
    const { slug, values } = attributes
    if (slug === null) {
      this.fault(line, 'the rule has a level but no name; write {#principle/name level=…}, e.g. {#truthful/unknown level=must}')
      this.into = { depth, take: () => undefined }
      return true
    }
    if (slug === CONTAINERS.title) this.found.title = values.get('title') ?? text
    if (slug === CONTAINERS.title || slug === CONTAINERS.rules) this.into = this.body()
    else if (slug === CONTAINERS.procedure) this.into = { ...this.body(), isProcedure: true }
    else if (STEP.test(slug)) this.openStep(block, STEP.exec(slug)?.[1] ?? '', values.get('ranks'))
    else if (values.has('level') || values.has('authority') || slug.includes('/')) this.openRule(block, slug, attributes)
    else this.openSection(block)
    return true
  }

  private openRule({ line, depth, text }: Extract<Block, { kind: 'heading' }>, slug: string, attributes: Attributes): void {
    if (this.found.rules.length === MOST_RULES) {
      this.stop(line, `a guideline has at most ${MOST_RULES} rules; put some together or take them out`)
      return
    }
    const title = attributes.values.get('title') ?? text
    const rule: WrittenRule = { line, slug, attributes, title, statement: '', rationale: '', examples: [] }
    this.found.rules.push(rule)
    this.heading = title
    this.into = { depth, rule, take: (more) => (rule.statement = joined(rule.statement, more)) }
  }

  private openStep({ line, depth }: Extract<Block, { kind: 'heading' }>, id: string, ranks: string | undefined): void {
    if (this.found.procedure.length === MOST_STEPS) {
      this.stop(line, TOO_MANY_STEPS)
      return
    }
    const step: WrittenStep = { line, id, text: '', ranks: this.list(line, 'ranks', ranks) }
    this.found.procedure.push(step)
    this.into = { depth, take: (more) => (step.text = joined(step.text, more)) }
  }

  /** A heading with a name that is no rule: part of the rule it stands below, else of the text, either way without its name. */
  private openSection({ depth, text }: Extract<Block, { kind: 'heading' }>): void {
    if (depth <= this.into.depth) this.into = this.body()
    this.into.take(`${'#'.repeat(depth)} ${text}`)
  }

  list(line: number, key: string, value: string | undefined): string[] {
    try {
      return listOf(value)
    } catch {
      this.fault(line, `${key} cannot be read as a list; write ${key}="one, two"`)
      return []
    }
  }

  /** Reads what stands in a rule apart from its statement, and the steps of a list; false leaves the block to the text. */
  private readMark(): boolean {
    const block = this.blocks[this.at]
    if (!block) return false
    if (this.into.isProcedure && block.kind === 'list' && block.isOrdered) {
      const { procedure } = this.found
      const isFull = procedure.length + block.items.length > MOST_STEPS
      for (const text of isFull ? [] : block.items)
        procedure.push({ line: block.line, id: `step-${procedure.length + 1}`, text: trimBlock(text), ranks: [] })
      if (isFull) this.stop(block.line, TOO_MANY_STEPS)
      this.at++
      return true
    }
    const { rule } = this.into
    if (!rule) return false
    if (block.kind === 'paragraph' && block.text === RATIONALE) {
      this.into.take = (more) => (rule.rationale = joined(rule.rationale, more))
      this.at++
      return true
    }
    if (isCommentary(block)) return this.readCommentary(rule)
    return this.readExample(rule)
  }

  /** `!!! meta "Commentary"` and what is set in below it: why, not what. */
  private readCommentary(rule: WrittenRule): boolean {
    const block = this.blocks[this.at++]
    if (block?.kind === 'paragraph') rule.rationale = joined(rule.rationale, dedent(block.text.replace(COMMENTARY, '')))
    for (let next = this.blocks[this.at]; next?.kind === 'code' && next.isIndented; next = this.blocks[++this.at])
      rule.rationale = joined(rule.rationale, dedent(next.value))
    return true
  }

  private readExample(rule: WrittenRule): boolean {
    const label = this.blocks[this.at]
    const isLabelled = isExampleLabel(label)
    const code = isLabelled ? this.blocks[this.at + 1] : label
    if (!isExampleCode(code)) return false
    if (!code.isClosed) {
      this.fault(code.line, 'the block that opens here is never closed; end it with a line of the same marks')
      this.at = this.blocks.length
      return true
    }
    const examples = this.examplesOf(code)
    if (!examples) return false
    const said = label?.kind === 'paragraph' ? label.text.slice(EXAMPLE.length).replace(/^:\s*/, '').trim() : ''
    rule.examples.push(...examples.map((example) => ({ ...example, why: example.why || said })))
    this.at += isLabelled ? 2 : 1
    // What follows an example is of the rule again.
    this.into.take = (more) => (rule.statement = joined(rule.statement, more))
    return true
  }

  private examplesOf(code: Extract<Block, { kind: 'code' }>): WrittenExample[] | null {
    try {
      return code.info === 'xml' ? readExamples(code.value) : parseExamples(code.value)
    } catch (error) {
      this.fault(code.line, `this example cannot be read: ${error instanceof Error ? error.message : String(error)}`)
      return []
    }
  }

  /** Takes everything up to the next block that is more than text, as it stands. */
  private readSegment(): void {
    const first = this.at++
    const from = this.blocks[first - 1]?.to ?? 0
    const isEnd = (block: Block | undefined) =>
      !block || (block.kind === 'heading' && (isMarkInBody(block) || block.depth <= this.into.depth)) || this.isMark(block)
    while (!isEnd(this.blocks[this.at])) this.at++
    const to = this.blocks[this.at]?.from ?? this.source.length
    const text = textOfSegment(trimBlock(this.source.slice(from, to)), this.blocks.slice(first, this.at))
    if (text === null)
      this.fault(this.blocks[first]?.line ?? 1, 'a block of “json verbatim” holds a text in double quotes, as JSON writes it, and nothing else')
    else this.into.take(text)
  }

  private isMark(block: Block): boolean {
    if (this.into.isProcedure && block.kind === 'list' && block.isOrdered) return true
    return (
      this.into.rule !== undefined &&
      ((block.kind === 'paragraph' && block.text === RATIONALE) || isCommentary(block) || isExampleLabel(block) || isExampleCode(block))
    )
  }
}

const joined = (text: string, more: string): string => (text && more ? `${text}\n\n${more}` : text + more)
