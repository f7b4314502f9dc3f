/** Why a conversation cannot become an example. The row is left out of the build and the ledger says so. */
const REFUSAL_CODES = [
  'template-refused',
  'template-failed',
  'arguments-not-json',
  'schema-not-json',
  'not-well-formed',
  'reserved-character',
  'control-token-in-content',
  'character-not-in-vocabulary',
  'nothing-trained',
  'mixed-turn',
  'tool-call-dropped',
] as const
export type RefusalCode = (typeof REFUSAL_CODES)[number]

/** Why a row is left out, as the ledger says it: a refusal, or what the recipe does with its length. Words: `builds.reason`. */
export const EXCLUSION_REASONS = [...REFUSAL_CODES, 'too-long', 'nothing-trained-after-truncation'] as const
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number]

/** Thrown for one conversation; the build goes on without it. */
export class RowRefusal extends Error {
  override name = 'RowRefusal'
  readonly code: RefusalCode
  constructor(code: RefusalCode, message: string) {
    super(message)
    this.code = code
  }
}

/** The engine's own result contradicts itself. Never caught by a build: a wrong mask must not be written. */
export class SelfCheckError extends Error {
  override name = 'SelfCheckError'
  readonly check: string
  constructor(check: string, message: string) {
    super(`${check}: ${message}`)
    this.check = check
  }
}
