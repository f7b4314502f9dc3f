'use client'
import { useTranslations } from 'next-intl'
import { classNames } from '#components/ui/class-names.ts'
import type { Role } from '#lib/domain/conversation.ts'

/** Colour of a role's name and of the thin rule at the left of its text. */
export const ROLE_RULE: Record<Role, string> = {
  system: 'border-role-system',
  user: 'border-role-user',
  assistant: 'border-role-assistant',
  tool: 'border-role-tool',
}
const ROLE_INK: Record<Role, string> = {
  system: 'text-role-system',
  user: 'text-role-user',
  assistant: 'text-role-assistant',
  tool: 'text-role-tool',
}

export function RoleLabel({ role, className }: { role: Role; className?: string }) {
  const t = useTranslations('conversation')
  return <span className={classNames('font-semibold text-sm', ROLE_INK[role], className)}>{t(`role.${role}`)}</span>
}
