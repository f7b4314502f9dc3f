import type { ReactNode } from 'react'
import { AccountSettings } from '#components/settings/account-settings.tsx'

export default function SettingsLayout({ children }: { children: ReactNode }) {
  return <AccountSettings>{children}</AccountSettings>
}
