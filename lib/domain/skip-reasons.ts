/** Why somebody passes work on; `other` needs a sentence. */
export const SKIP_REASONS = ['not-my-field', 'not-my-language', 'unclear-prompt', 'harmful-prompt', 'private-data', 'duplicate', 'other'] as const
