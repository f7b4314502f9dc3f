/** What a member of a project may be. Without zod: every page knows it. */
export const PROJECT_ROLES = ['labeller', 'reviewer', 'engineer', 'manager'] as const
