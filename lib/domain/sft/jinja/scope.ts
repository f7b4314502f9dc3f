import { TEMPLATE, TemplateError, type Text, TextBuilder, Undefined, type Value } from './values.ts'

/** Iterations one render may take: a template that needs more does not end. */
const MAX_STEPS = 1_000_000
const MAX_CHARACTERS = 64 * 1024 * 1024

/**
 * What a render has written so far. `runs` is flat: [end, source, turn, …]; `turn` is the message whose loop iteration
 * wrote the characters (-1 outside every loop over messages), `source` where the characters themselves come from.
 */
export class Output {
  private parts: string[] = []
  length = 0
  readonly runs: number[] = []
  private closed = true

  add(text: string, source: number, turn: number): void {
    if (text === '') return
    this.parts.push(text)
    this.length += text.length
    if (this.length > MAX_CHARACTERS) throw new TemplateError('the rendered text is larger than 64 MiB')
    const last = this.runs.length - 3
    if (!this.closed && this.runs[last + 1] === source && this.runs[last + 2] === turn) this.runs[last] = this.length
    else this.runs.push(this.length, source, turn)
    this.closed = false
  }

  addText(value: Text, turn: number): void {
    if (typeof value === 'string') {
      this.add(value, TEMPLATE, turn)
      return
    }
    let start = 0
    for (let i = 0; i < value.runs.length; i += 2) {
      const end = value.runs[i] as number
      this.add(value.text.slice(start, end), value.runs[i + 1] as number, turn)
      start = end
    }
  }

  /** Starts a new run, so what follows can be given to another turn; returns its index for `assign`. */
  close(): number {
    this.closed = true
    return this.runs.length
  }

  assign(from: number, turn: number): void {
    for (let i = from; i < this.runs.length; i += 3) this.runs[i + 2] = turn
  }

  text(): string {
    return this.parts.join('')
  }

  /** The output as one value, for `{% set %}` blocks and macros. */
  value(): Text {
    const out = new TextBuilder()
    const text = this.text()
    let start = 0
    for (let i = 0; i < this.runs.length; i += 3) {
      out.add(text.slice(start, this.runs[i]), this.runs[i + 1])
      start = this.runs[i] as number
    }
    return out.build()
  }
}

/** State of one render. */
export class Run {
  out = new Output()
  turn = -1
  /** The innermost loop iteration: where its output starts, and whether a turn is known for it. */
  iteration: { from: number; known: boolean } | null = null
  private steps = 0

  step(): void {
    if (++this.steps > MAX_STEPS) throw new TemplateError(`the template ran more than ${MAX_STEPS} loop iterations`)
  }

  /** Runs `body` with its own output and returns what it wrote. */
  capture(body: () => void): Text {
    const outer = this.out
    const iteration = this.iteration
    this.out = new Output()
    this.iteration = null
    try {
      body()
      return this.out.value()
    } finally {
      this.out = outer
      this.iteration = iteration
    }
  }
}

/** Names visible at one place of the template; `if` shares its surroundings' scope, each loop iteration has its own. */
export class Scope {
  readonly names: Map<string, Value>
  readonly parent: Scope | null
  readonly run: Run
  constructor(run: Run, parent: Scope | null, names: Map<string, Value> = new Map()) {
    this.run = run
    this.parent = parent
    this.names = names
  }

  get(name: string): Value {
    for (let scope: Scope | null = this; scope; scope = scope.parent) {
      const value = scope.names.get(name)
      if (value !== undefined) return value
    }
    return new Undefined(`'${name}' is undefined`)
  }
}
