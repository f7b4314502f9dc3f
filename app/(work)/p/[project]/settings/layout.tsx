import type { ReactNode } from 'react'
import { ProjectSettings } from '#components/settings/project-settings.tsx'

export default function SettingsLayout({ children }: { children: ReactNode }) {
  return <ProjectSettings>{children}</ProjectSettings>
}
