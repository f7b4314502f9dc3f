// A stage of `npm test`: what it is given, what it returns.

export interface Context {
  /** Address of a PostgreSQL server's maintenance database, for tests to make their databases on. */
  serverUrl: string
  /** Where the tests keep what is dear to make: the server's data, the trainer's environment, the base model. */
  home: string
  /** Folder for reports and other leavings of this run. */
  reports: string
}

export interface Result {
  passed: number
  failed: number
  /** Tests that did not run. They fail the stage: what silently does not run proves nothing. */
  skipped: number
  /** Why the stage failed, where no test's own message says so. */
  reason?: string
}

export interface Stage {
  name: string
  /** Whether the stage runs the compiled product. */
  needsPages?: boolean
  /** Whether the stage runs the trainer, whose Python environment takes minutes to make the first time. */
  needsTrainer?: boolean
  run(context: Context): Promise<Result>
}

export const failure = (reason: string): Result => ({ passed: 0, failed: 1, skipped: 0, reason })
