'use client'
import { createContext, type ReactNode, useContext, useEffect } from 'react'
import { rememberProject } from '#lib/client/preferences.ts'
import type { ProjectRole } from '#lib/domain/actor.ts'
import type { Action } from '#lib/domain/policy.ts'

export type CurrentProject = { id: string; slug: string; name: string; language: string; roles: readonly ProjectRole[]; actions: readonly string[] }

const ProjectContext = createContext<CurrentProject | null>(null)

/** Makes the project of this page known to everything below it, and the one to open next time. */
export function ProjectProvider({ project, children }: { project: CurrentProject; children: ReactNode }) {
  useEffect(() => rememberProject(project.slug), [project.slug])
  return <ProjectContext value={project}>{children}</ProjectContext>
}

/** The project of this page: its id, slug, the person's roles and `can(action)`. Only below /p/[project]. */
export function useProject(): CurrentProject & { can: (action: Action) => boolean; path: (rest: string) => string } {
  const project = useContext(ProjectContext)
  if (!project) throw new Error('useProject outside of a project page')
  return { ...project, can: (action) => project.actions.includes(action), path: (rest) => `/p/${project.slug}${rest}` }
}
