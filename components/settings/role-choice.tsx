'use client'
import { useTranslations } from 'next-intl'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { ProjectRole } from '#lib/domain/actor.ts'

/** The roles of a member, each with what it may do. */
export function RoleChoice({ value, onChange }: { value: readonly ProjectRole[]; onChange: (roles: ProjectRole[]) => void }) {
  const t = useTranslations('roles')
  return (
    <fieldset className="flex flex-col gap-2.5">
      <legend className="mb-2 font-medium text-sm">{t('legend')}</legend>
      {ProjectRole.options.map((role) => (
        <Checkbox
          key={role}
          label={t(role)}
          hint={t(`${role}Hint`)}
          checked={value.includes(role)}
          onChange={(event) => onChange(event.target.checked ? [...value, role] : value.filter((other) => other !== role))}
        />
      ))}
    </fieldset>
  )
}
