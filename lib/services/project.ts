import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { ProjectRole, personOf } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import { GUIDELINE_OUTLINE } from '#lib/domain/guideline-outline.ts'
import { LOCALES } from '#lib/domain/locale.ts'
import { operation } from './operation.ts'
import { pageOf } from './page.ts'
import { projectSubject, selfSubject } from './subject.ts'

const Project = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  language: z.string(),
  leaseMinutes: z.int(),
  requiredApprovals: z.int(),
  requiresReading: z.boolean(),
  maxAnswersPerAuthor: z.int().nullable(),
  createdAt: z.date(),
})

const Slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/, 'may hold a–z, 0–9 and hyphens, at most 50, starting and ending with a letter or digit')
const Name = z.string().trim().min(1, 'must not be empty').max(100)

/** An address made of a name; a random one where the name has no Latin letters. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return slug || `project-${randomBytes(3).toString('hex')}`
}

export const listProjects = operation('project:list', {
  name: 'listProjects',
  route: {
    method: 'GET',
    path: '/projects',
    summary: 'List the own projects by name',
    description: 'An admin sees all projects; roles are empty where they are no member.',
    tags: ['projects'],
  },
  input: z.strictObject({ cursor: z.string().max(300).optional(), limit: z.int().min(1).max(200).default(50) }),
  output: z.object({ items: z.array(Project.extend({ roles: z.array(ProjectRole) })), nextCursor: z.string().nullable() }),
  subject: ({ actor }) => selfSubject(actor),
  run: async ({ tx, input, actor }) => {
    const person = personOf(actor)
    const [name, id] = input.cursor?.split('\u001f') ?? []
    const rows = await tx.project.findMany({
      where: {
        AND: [
          person.token ? { id: person.token.projectId } : {},
          person.isAdmin ? {} : { memberships: { some: { userId: person.userId } } },
          name !== undefined && id ? { name: { gte: name }, OR: [{ name: { gt: name } }, { name, id: { gt: id } }] } : {},
        ],
      },
      include: { memberships: { where: { userId: person.userId }, select: { roles: true } } },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
      take: input.limit + 1,
    })
    const { items: page, last } = pageOf(rows, input.limit)
    return {
      items: page.map(({ memberships, ...project }) => ({ ...project, roles: (memberships[0]?.roles ?? []) as ProjectRole[] })),
      nextCursor: last ? `${last.name}\u001f${last.id}` : null,
    }
  },
})

export const createProject = operation('project:create', {
  name: 'createProject',
  route: { method: 'POST', path: '/projects', summary: 'Create a project; the creator becomes its manager', successStatus: 201, tags: ['projects'] },
  input: z.strictObject({
    name: Name,
    slug: Slug.optional().describe('Its address; made from the name when absent'),
    description: z.string().trim().max(2000).default(''),
    language: z.enum(LOCALES).default('en').describe('The language most of its conversations are in'),
  }),
  output: Project,
  subject: ({ actor }) => selfSubject(actor),
  event: 'project.created',
  run: async ({ tx, input, actor, note }) => {
    const { userId } = personOf(actor)
    const slug = input.slug ?? slugOf(input.name)
    if (await tx.project.findUnique({ where: { slug }, select: { id: true } })) {
      refuse('already-exists', `There is a project at the address "${slug}" already; choose another name or address.`, { field: 'slug', slug })
    }
    const project = await tx.project.create({
      data: {
        name: input.name,
        slug,
        description: input.description,
        language: input.language,
        memberships: { create: { userId, roles: ['manager'] } },
        guidelineDraft: { create: { content: GUIDELINE_OUTLINE, updatedById: userId } },
      },
    })
    note({ projectId: project.id, slug })
    return project
  },
})

export const getProject = operation('project:read', {
  name: 'getProject',
  route: { method: 'GET', path: '/projects/{projectId}', summary: 'Get a project', tags: ['projects'] },
  input: z.strictObject({ projectId: z.uuid() }),
  output: Project,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ subject }) => subject,
})

export const getProjectBySlug = operation('project:read', {
  name: 'getProjectBySlug',
  route: { method: 'GET', path: '/project-addresses/{slug}', summary: 'Get a project by its address', tags: ['projects'] },
  input: z.strictObject({ slug: z.string().max(100) }),
  output: Project,
  subject: async ({ tx, input }) => {
    const project = await tx.project.findUnique({ where: { slug: input.slug } })
    return project && { ...project, projectId: project.id }
  },
  run: async ({ subject }) => subject,
})

export const updateProject = operation('project:update', {
  name: 'updateProject',
  route: {
    method: 'PATCH',
    path: '/projects/{projectId}',
    summary: 'Change a project’s name, description, language or queue policy',
    tags: ['projects'],
  },
  input: z.strictObject({
    projectId: z.uuid(),
    name: Name.optional(),
    description: z.string().trim().max(2000).optional(),
    language: z.enum(LOCALES).optional(),
    leaseMinutes: z
      .int()
      .min(5)
      .max(7 * 24 * 60)
      .optional()
      .describe('How long a piece of work stays reserved'),
    requiredApprovals: z.int().min(1).max(5).optional().describe('Approvals by different people that a revision needs'),
    requiresReading: z
      .boolean()
      .optional()
      .describe('Work is claimed only by those who have confirmed to have read the newest major version of the guideline'),
    maxAnswersPerAuthor: z
      .int()
      .min(1)
      .max(1_000_000)
      .nullable()
      .optional()
      .describe('New prompts are given to nobody who has so many answers here that are neither rejected nor withdrawn; null: no limit'),
  }),
  output: Project,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'project.updated',
  run: async ({ tx, input, subject, note }) => {
    const { projectId: _, ...changed } = input
    note({ changed })
    return tx.project.update({ where: { id: subject.id }, data: changed })
  },
})

export const projectOperations = { listProjects, createProject, getProject, getProjectBySlug, updateProject }
