'use client'
import { Eye, EyeOff } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ComponentProps, useState } from 'react'
import { classNames } from './class-names.ts'
import { IconButton } from './icon-button.tsx'
import { Input } from './input.tsx'

/** A secret to type, hidden unless the person wants to see it. */
export function PasswordInput({ className, ...rest }: Omit<ComponentProps<typeof Input>, 'type'>) {
  const t = useTranslations('common')
  const [isShown, setIsShown] = useState(false)
  return (
    <span className="relative block">
      <Input {...rest} type={isShown ? 'text' : 'password'} spellCheck={false} autoCapitalize="off" className={classNames('pr-10', className)} />
      <IconButton
        label={t(isShown ? 'hideCharacters' : 'showCharacters')}
        icon={isShown ? <EyeOff /> : <Eye />}
        className="absolute top-0 right-0 max-rail:size-10"
        onClick={() => setIsShown(!isShown)}
      />
    </span>
  )
}
