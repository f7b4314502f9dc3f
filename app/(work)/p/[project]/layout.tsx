import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { PageGate } from '#components/frame/page-gate.tsx'
import { ProjectProvider } from '#components/frame/project.tsx'
import { findMembership } from '#lib/api/server.ts'

export default async function ProjectLayout({ params, children }: { params: Promise<{ project: string }>; children: ReactNode }) {
  const membership = await findMembership((await params).project)
  if (!membership) notFound()
  return (
    <ProjectProvider project={{ ...membership.project, roles: membership.roles, actions: membership.actions }}>
      <PageGate>{children}</PageGate>
    </ProjectProvider>
  )
}
