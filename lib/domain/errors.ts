/**
 * Every refusal the product can give: code → HTTP status and title. Errors leave as RFC 9457 problem details whose
 * `type` is `urn:exemplar:error:<code>`; what is not in this list leaves as `internal`.
 */
export const ERRORS = {
  'invalid-input': { status: 422, title: 'The input is not valid' },
  'malformed-body': { status: 400, title: 'The body is not valid JSON' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'You may not do this' },
  'cross-site-request': { status: 403, title: 'The request came from another site' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  'unsupported-media-type': { status: 415, title: 'The body has a type this address does not take' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'idempotency-key-reused': { status: 409, title: 'This idempotency key was used for another request' },
  'answer-not-kept': { status: 409, title: 'It was done already, and its answer is not kept' },
  'already-exists': { status: 409, title: 'There is one of that name already' },
  'in-use': { status: 409, title: 'Something else depends on it' },
  'stale-version': { status: 409, title: 'It was changed in the meantime' },
  'illegal-transition': { status: 409, title: 'It is not in a state that allows this' },
  'lease-lost': { status: 409, title: 'Your lease ended and somebody else holds this work' },
  'guideline-unread': { status: 409, title: 'You have not confirmed the guideline yet' },
  'no-work': { status: 404, title: 'There is no work waiting for you' },
  'conversation-incomplete': { status: 422, title: 'The conversation cannot be submitted yet' },
  'checks-open': { status: 422, title: 'Checks of the text are open' },
  'own-work-review': { status: 403, title: 'Nobody reviews their own work' },
  'already-reviewed': { status: 409, title: 'You judged this revision already' },
  'citation-required': { status: 422, title: 'This verdict needs a comment that cites a rule' },
  'ruling-required': { status: 422, title: 'This decision needs a ruling' },
  'reason-required': { status: 422, title: 'This verdict needs a reason' },
  'unknown-rule': { status: 422, title: 'The guideline has no such rule' },
  'anchor-outside-text': { status: 422, title: 'The comment points outside the text' },
  'guideline-unchanged': { status: 409, title: 'Nothing has changed since the last version' },
  'undo-expired': { status: 409, title: 'It is too late to undo this' },
  'nothing-to-freeze': { status: 422, title: 'No approved conversation matches' },
  'unknown-format': { status: 422, title: 'The file is in no format known here' },
  'unreadable-file': { status: 422, title: 'The file cannot be read' },
  'file-incomplete': { status: 422, title: 'The file arrived incomplete' },
  'model-not-ready': { status: 409, title: 'The model is not ready' },
  'model-invalid': { status: 422, title: 'The folder holds no usable model' },
  'template-refused': { status: 422, title: 'The chat template refuses this conversation' },
  'build-not-ready': { status: 409, title: 'The build is not ready' },
  'trainer-not-ready': { status: 409, title: 'The trainer is not ready yet' },
  'preflight-failed': { status: 422, title: 'The run cannot start' },
  'wrong-password': { status: 403, title: 'The password is not right' },
  'password-change-required': { status: 403, title: 'Choose your own password first' },
  'weak-password': { status: 422, title: 'The password is too weak' },
  'last-manager': { status: 409, title: 'A project needs a manager' },
  'set-up-done': { status: 409, title: 'The first admin exists already' },
  unavailable: { status: 503, title: 'The database does not answer' },
  internal: { status: 500, title: 'Something went wrong here' },
} as const satisfies Record<string, { status: number; title: string }>

export type ErrorCode = keyof typeof ERRORS

/** An expected refusal. `data` is for programs, `detail` for people: what happened and what to do next. */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly data: Record<string, unknown> | undefined

  constructor(code: ErrorCode, detail?: string, data?: Record<string, unknown>) {
    super(detail ?? ERRORS[code].title)
    this.name = 'Refusal'
    this.code = code
    this.data = data
  }
}

/** Throws a refusal. Written as a function so that it can stand in an expression: `row ?? refuse('not-found')`. */
export function refuse(code: ErrorCode, detail?: string, data?: Record<string, unknown>): never {
  throw new Refusal(code, detail, data)
}
